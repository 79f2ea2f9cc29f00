import { lintError, lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { NodeModel } from '../../model.ts';
import { cardsOf } from '../../network/cards.ts';
import { canonicalMac, hasOwnInterface, memberOf } from '../../resolve/interfaces.ts';
import type { BondFile } from '../../schema/link.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import type { Rule, RuleInput } from '../rule.ts';

/** Names for network cards by their MAC addresses that cannot all be given. */
export const cards: Rule = (input) => {
  const owners = new Map<string, string>();
  return input.cluster.nodes.flatMap((node, index) => {
    const named = new Map<string, string>();
    const clashes = cardsIn(input, index).flatMap(({ name, mac, path }): LintFinding[] => {
      const owner = owners.get(mac);
      const earlier = named.get(name);
      owners.set(mac, `${name} of ${node.hostname}`);
      named.set(name, mac);
      if (owner !== undefined && owner !== `${name} of ${node.hostname}`) {
        const message = `the MAC address ${mac} is also that of ${owner}: no two network cards have one`;
        return [fatal(path, message, 'Look at the card: ip link')];
      }
      if (earlier === undefined || earlier === mac) return [];
      const message = `${name} of ${node.hostname} has two MAC addresses, ${earlier} and ${mac}`;
      return [fatal(path, message, 'One network card gets one name.')];
    });
    return [...clashes, ...bondsWithMac(input, index), ...unnamed(node, index)];
  });
};

interface PlacedLink {
  readonly name: string;
  readonly mac: string | undefined;
  readonly bond: BondFile | undefined;
  readonly path: DocumentPath;
}

/** What the file says of a node's links: its own one first, as `network` shares it. */
function linksIn({ file }: RuleInput, index: number): readonly PlacedLink[] {
  const node = file.nodes[index];
  if (node === undefined) return [];
  const { network } = file;
  const base = ['nodes', index];
  const own = {
    ...{ name: node.interface ?? network?.interface ?? 'eth0', mac: node.mac },
    ...{ bond: node.bond ?? network?.bond, path: base },
  };
  const further = (node.interfaces ?? []).map(({ name, mac, bond }, place) => ({
    ...{ name, mac, bond, path: [...base, 'interfaces', place] },
  }));
  return hasOwnInterface(node) ? [own, ...further] : further;
}

interface PlacedCard {
  readonly name: string;
  readonly mac: string;
  readonly path: DocumentPath;
}

function cardsIn(input: RuleInput, index: number): readonly PlacedCard[] {
  return linksIn(input, index).flatMap(({ name, mac, bond, path }) => {
    const own = bond === undefined ? [{ name, mac, path: [...path, 'mac'] }] : [];
    const members = (bond?.members ?? []).map((member, at) => ({
      ...memberOf(member),
      path: [...path, 'bond', 'members', at, 'mac'],
    }));
    return [...own, ...members].flatMap((card): PlacedCard[] => {
      const canonical = canonicalMac(card.mac);
      return canonical === undefined ? [] : [{ ...card, mac: canonical }];
    });
  });
}

function bondsWithMac(input: RuleInput, index: number): readonly LintFinding[] {
  return linksIn(input, index).flatMap(({ mac, bond, path }) => {
    if (mac === undefined || bond === undefined) return [];
    const message = 'a bond is not found by a MAC address: it takes that of one of its members';
    const hint = 'Give the members theirs: members: [{name: eth0, mac: 52:54:00:12:34:56}, ...]';
    return [fatal([...path, 'mac'], message, hint)];
  });
}

/** A card that is renamed may take the name of one that is not: which that is then called nobody can tell beforehand. */
function unnamed({ hostname, interfaces }: NodeModel, index: number): readonly LintFinding[] {
  const all = cardsOf(interfaces);
  const without = all.filter(({ mac }) => mac === undefined).map(({ name }) => name);
  if (without.length === 0 || without.length === all.length) return [];
  const message = `some network cards of ${hostname} are named by their MAC addresses, and ${without.join(', ')} by the kernel, which may mean another one`;
  return [lintWarning('cards', ['nodes', index], message, 'Give all of them their mac.')];
}

function fatal(path: DocumentPath, message: string, hint: string): LintFinding {
  return { ...lintError('cards', path, message, hint), fatal: true };
}
