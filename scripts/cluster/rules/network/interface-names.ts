import { lintError, lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import { cardsOf } from '../../network/cards.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { interfacePath } from '../vrrp/interface-path.ts';

/** What the kernel calls network devices; Alpine's mdev leaves it at that. */
const KERNEL_NAMES = /^(eth|usb|wlan|wwan|ib)\d+(\.\d+)?$/;
/** systemd's naming scheme (systemd.net-naming-scheme(7)) and biosdevname's. */
const UDEV_NAMES = /^((en|wl|ww|sl|ib)(b\d|c|o\d|s\d|p\d|P\d|v\d|x[0-9a-f]{12})|em\d+$|p\d+p\d+)/;
/** Devices that exist once somebody makes them. */
const MADE_NAMES = /^(bond|br|team|dummy|tap|tun|veth|wg|vxlan|macvlan|docker|virbr)[-_]?\w*$/;

/** Interfaces that a node will not have when it comes up. */
export const interfaceNames: Rule = (input) => {
  const reported = new Set<string>();
  return input.cluster.nodes.flatMap(({ hostname, interfaces }, node) =>
    interfaces.flatMap((entry, index) => {
      const path = namePath(input, node, index);
      const key = JSON.stringify(path);
      if (reported.has(key) || input.cluster.overlayFolder !== undefined) return [];
      reported.add(key);
      // What is known by its MAC address is renamed before the network starts.
      const asFound = cardsOf([entry]).filter(({ mac }) => mac === undefined);
      return asFound.flatMap(({ name }) => judge(name, hostname, path));
    }),
  );
};

function judge(name: string, hostname: string, path: DocumentPath): readonly LintFinding[] {
  if (name === 'lo') {
    const message = `lo of ${hostname} is the loopback: nobody else is there`;
    return [lintError('interface-name', path, message, 'Name a network card, such as eth0.')];
  }
  if (KERNEL_NAMES.test(name)) return [];
  return [lintWarning('interface-name', path, reason(name, hostname), hintFor(name))];
}

function reason(name: string, hostname: string): string {
  const outcome = `${hostname} would come up without an address, and keepalived waits for the interface`;
  if (UDEV_NAMES.test(name)) {
    return `${name} is a name that systemd's udev gives; Alpine leaves network cards their kernel names: ${outcome}`;
  }
  return MADE_NAMES.test(name)
    ? `nothing here makes ${name}: ${outcome}`
    : `the kernel calls no network card ${name}, and nothing here makes or renames one: ${outcome}`;
}

function hintFor(name: string): string {
  return MADE_NAMES.test(name)
    ? 'Name the network card (eth0), describe a bond by “bond”, or add the files that make this interface by overlay.'
    : 'Use eth0 for the first card, eth1 for the second, in the order in which the kernel finds them, or say which one by “mac”.';
}

function namePath(input: RuleInput, node: number, index: number): DocumentPath {
  const path = interfacePath(input, node, index);
  const entry = path.length > 2;
  const { file } = input;
  const shared = file.nodes[node]?.interface === undefined && file.network?.interface !== undefined;
  if (!entry && shared) return ['network', 'interface'];
  return [...path, entry ? 'name' : 'interface'];
}
