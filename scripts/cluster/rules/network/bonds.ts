import { lintError, lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { BondModel, InterfaceModel, NodeModel } from '../../model.ts';
import { linkNameOf } from '../../network/cards.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { sharedValuePath } from '../vrrp/interface-path.ts';

/** Linux's Ethernet MTU: what a card or bond has unless the cluster file says otherwise. */
const DEFAULT_MTU = 1500;

/** Bonds that the driver would not make, and VLANs that cannot be put on what they are on. */
export const bonds: Rule = (input) =>
  input.cluster.nodes.flatMap((node, index) => [
    ...bondFindings(input, node, index),
    ...vlanSizes(input, node, index),
  ]);

function bondFindings(input: RuleInput, node: NodeModel, index: number): readonly LintFinding[] {
  const { hostname, interfaces } = node;
  const users = new Map<string, string>();
  const seen = new Map<string, BondModel>();
  return interfaces.flatMap((entry, place) => {
    const { bond } = entry;
    if (bond === undefined) return [];
    const name = linkNameOf(entry);
    const path = sharedValuePath(input, index, place, 'bond');
    const known = seen.get(name);
    if (known !== undefined) {
      if (JSON.stringify(known) === JSON.stringify(bond)) return [];
      return [fatal(path, `${hostname} describes the bond ${name} twice, in two ways`, ONCE)];
    }
    seen.set(name, bond);
    return [
      ...memberFindings(bond, { name, hostname, interfaces, users, path }),
      ...modeFindings(bond, name, path),
    ];
  });
}

const ONCE = 'Describe it once; its other VLANs need its name alone.';

interface BondPlace {
  readonly name: string;
  readonly hostname: string;
  readonly interfaces: readonly InterfaceModel[];
  /** What the cards are used for so far. */
  readonly users: Map<string, string>;
  readonly path: DocumentPath;
}

function memberFindings(bond: BondModel, place: BondPlace): readonly LintFinding[] {
  const { name, hostname, interfaces, users, path } = place;
  const findings = bond.members.flatMap(({ name: member }, at): LintFinding[] => {
    const where = [...path, 'members', at];
    const user = users.get(member);
    users.set(member, name);
    if (member === name)
      return [fatal(where, `the bond ${name} cannot be a member of itself`, OTHER_NAME)];
    if (user !== undefined)
      return [fatal(where, `${member} of ${hostname} is a member of ${user} already`, ONE_BOND)];
    if (interfaces.some((entry) => linkNameOf(entry) === member)) {
      const message = `${member} of ${hostname} is a member of ${name}, and an interface of its own: what arrives there is the bond's`;
      return [fatal(where, message, `Give its address or VLAN to ${name}.`)];
    }
    if (/\.\d+$/.test(member)) {
      const message = `${member} is a VLAN: the members of a bond are network cards`;
      return [fatal(where, message, `Name the card, and give ${name} the VLAN.`)];
    }
    return [];
  });
  if (bond.members.length > 1) return findings;
  const message = `the bond ${name} of ${hostname} has one member: nothing takes over when its link fails`;
  return [
    ...findings,
    lintWarning('bond', [...path, 'members'], message, 'Name a second network card.'),
  ];
}

const OTHER_NAME = 'Call the bond bond0: interface: bond0.';
const ONE_BOND = 'A network card is a member of one bond.';

function modeFindings(bond: BondModel, name: string, path: DocumentPath): readonly LintFinding[] {
  const { mode, members, primary, lacpRate, xmitHashPolicy } = bond;
  const findings: LintFinding[] = [];
  const only = (key: string, wanted: string): LintFinding =>
    fatal(
      [...path, key],
      `the driver takes ${key} in mode ${wanted} alone, and ${name} is ${mode}`,
      `Remove ${key}, or use mode ${wanted}.`,
    );
  if (mode === 'active-backup' && lacpRate !== undefined)
    findings.push(only('lacp_rate', '802.3ad'));
  if (mode === 'active-backup' && xmitHashPolicy !== undefined)
    findings.push(only('xmit_hash_policy', '802.3ad'));
  if (mode === '802.3ad' && primary !== undefined) findings.push(only('primary', 'active-backup'));
  if (primary !== undefined && !members.some((member) => member.name === primary)) {
    const names = members.map((member) => member.name).join(', ');
    const message = `the primary ${primary} is not a member of ${name}`;
    findings.push(fatal([...path, 'primary'], message, `The members are ${names}.`));
  }
  return findings;
}

/** A VLAN on an interface that has an MTU of its own; of one that has not, the MTU follows its VLANs. */
function vlanSizes(input: RuleInput, node: NodeModel, index: number): readonly LintFinding[] {
  return node.interfaces.flatMap(({ name, vlan, mtu }, place) => {
    const parent = node.interfaces.find((other) => other.name === vlan?.parent);
    if (mtu === undefined || parent === undefined) return [];
    const most = parent.mtu ?? DEFAULT_MTU;
    if (mtu <= most) return [];
    const path = sharedValuePath(input, index, place, 'mtu');
    const message = `${name} of ${node.hostname} has an MTU of ${mtu}, and ${parent.name}, which carries it, of ${most}: the kernel refuses that`;
    return [fatal(path, message, `Give ${parent.name} mtu: ${mtu}.`)];
  });
}

function fatal(path: DocumentPath, message: string, hint: string): LintFinding {
  return { ...lintError('bond', path, message, hint), fatal: true };
}
