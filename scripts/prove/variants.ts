import ipaddr from 'ipaddr.js';
import { isMap, isSeq, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { NodeBoot } from '../boot/boot-cluster.ts';
import { VipisoError } from '../core/errors.ts';
import { makeBond } from './variants/bond.ts';
import { nameBackends } from './variants/names.ts';

/** How a machine finds its image. */
export type BootWay = Pick<NodeBoot, 'firmware' | 'as'>;

/**
 * Another way to set the cluster up: the cluster file with other settings, its own images, and the faults that they
 * bear on.
 */
export interface Variant {
  readonly id: string;
  readonly title: string;
  /** Scenario ids. */
  readonly faults: readonly string[];
  /** The images that ship, started in this way; absent: images of the variant's own, from CD by BIOS. */
  readonly boot?: BootWay;
  /** @returns why the cluster file cannot be set up so; undefined when it was */
  readonly edit: (document: Document) => string | undefined;
}

/** What fail-over times depend on. */
const FAILOVER: readonly string[] = [
  'haproxy-killed',
  'keepalived-stopped',
  'link-cut',
  'power-cut-holder',
];
/** Unique local addresses (RFC 4193) for nodes that have none of IPv6. */
const ULA = 'fd76:6970:6973:6f::';

const VARIANTS: readonly Variant[] = [
  bootVariant('uefi', 'UEFI, from CD', { firmware: 'uefi', as: 'cd' }),
  bootVariant('disk', 'BIOS, as a disk', { firmware: 'bios', as: 'disk' }),
  bootVariant('uefi-disk', 'UEFI, as a disk', { firmware: 'uefi', as: 'disk' }),
  {
    id: 'v2-1s',
    title: 'VRRP 2, adverts every second',
    faults: FAILOVER,
    edit: (document) => setVrrp(document, { profile: 'reference', version: 2, advert_int: 1 }),
  },
  {
    id: 'v3-200ms',
    title: 'VRRP 3, adverts every 0.2 s',
    faults: FAILOVER,
    edit: (document) => setVrrp(document, { profile: 'reference', version: 3, advert_int: 0.2 }),
  },
  {
    id: 'fast',
    title: 'vrrp.profile: fast',
    faults: [...FAILOVER, 'haproxy-hung', 'haproxy-stopped', 'keepalived-killed'],
    edit: (document) => {
      // The profile chooses what is not written: for once, all of it.
      for (const key of ['version', 'advert_int', 'check']) document.deleteIn(['vrrp', key]);
      for (const path of nodePaths(document)) document.deleteIn([...path, 'priority']);
      return setVrrp(document, { profile: 'fast' });
    },
  },
  {
    id: 'unicast',
    title: 'Unicast adverts',
    faults: FAILOVER,
    edit: (document) => setVrrp(document, { unicast: true }),
  },
  {
    id: 'dual-stack',
    title: 'VIPs of both families',
    faults: FAILOVER,
    edit: makeDualStack,
  },
  {
    id: 'active-active',
    title: 'Two VRRP groups, each node the owner of one',
    faults: ['power-cut-holder', 'power-cut-standby'],
    edit: makeActiveActive,
  },
  {
    id: 'nopreempt',
    title: 'nopreempt',
    faults: ['haproxy-killed', 'power-cut-holder'],
    edit: (document) => {
      for (const key of ['preempt', 'preempt_delay']) document.deleteIn(['vrrp', key]);
      for (const path of nodePaths(document)) document.deleteIn([...path, 'role']);
      forgetWeight(document);
      return setVrrp(document, { nopreempt: true });
    },
  },
  {
    id: 'https-check',
    title: 'API servers checked by GET /readyz',
    faults: ['api-server-hung', 'api-server-500', 'api-server-401', 'api-server-silent'],
    edit: (document) => checkPage(document, 'https'),
  },
  {
    id: 'http-check',
    title: 'API servers checked by GET /readyz without TLS',
    faults: ['api-server-hung', 'api-server-500', 'api-server-401', 'api-server-silent'],
    edit: (document) => checkPage(document, 'http'),
  },
  {
    id: 'third-node',
    title: 'A third node',
    faults: ['two-of-three'],
    edit: addThirdNode,
  },
  {
    id: 'bond',
    title: 'Two network cards per node in an active-backup bond',
    faults: ['bond-member', 'haproxy-killed'],
    edit: (document) => makeBond(document, nodePaths(document)),
  },
  {
    id: 'dns-backends',
    title: 'API servers given by DNS names',
    faults: ['name-server-dead', 'api-server-silent'],
    edit: (document) => {
      const paths = nodePaths(document);
      const [address] = texts(document.getIn([...(paths[0] ?? []), 'address']));
      const free = address === undefined ? undefined : freeAddress(document, address);
      return nameBackends(document, paths, free?.replace(/\/.*/, ''));
    },
  },
];

/** Every boot of every node happens in this way: at first, and after its power is back. */
function bootVariant(id: string, title: string, boot: BootWay): Variant {
  return { ...{ id, title, boot }, faults: ['power-cut-holder'], edit: () => undefined };
}

function setVrrp(
  document: Document,
  settings: Readonly<Record<string, unknown>>,
): string | undefined {
  for (const [key, value] of Object.entries(settings)) document.setIn(['vrrp', key], value);
  // A password is a matter of VRRP 2 alone, and none of fail-over.
  if (document.getIn(['vrrp', 'version']) !== 2) document.deleteIn(['vrrp', 'auth_pass']);
  return undefined;
}

function checkPage(document: Document, type: 'http' | 'https'): undefined {
  document.setIn(['services', 0, 'check'], { type, path: '/readyz' });
  document.setIn(['services', 0, 'default_server', 'inter'], '2s');
  document.setIn(['services', 0, 'default_server', 'slowstart'], '2s');
  return undefined;
}

/** A written weight suits the nodes and the manner of preemption that it was written for. */
function forgetWeight(document: Document): void {
  const weight = ['vrrp', 'check', 'weight'];
  if (document.hasIn(weight)) document.deleteIn(weight);
}

function makeDualStack(document: Document): string | undefined {
  const vips = texts(document.getIn(['vrrp', 'vip']));
  if (vips.some((vip) => vip.includes(':'))) return 'the cluster file has IPv6 VIPs itself';
  for (const [index, path] of nodePaths(document).entries()) {
    const own = texts(document.getIn([...path, 'address']));
    if (own.length === 0) return 'a node has no address of its own line';
    document.setIn([...path, 'address'], [...own, `${ULA}${index + 1}/64`]);
  }
  document.setIn(['vrrp', 'vip'], [...vips, `${ULA}ff`]);
  return setVrrp(document, { version: 3 });
}

/** A second VIP for the same services, with the other node as its owner. */
function makeActiveActive(document: Document): string | undefined {
  const vrrp = document.get('vrrp');
  const paths = nodePaths(document);
  const [first, second] = paths.map((path) => document.getIn([...path, 'hostname']));
  if (!isMap(vrrp)) return 'the cluster file has a list of VRRP groups itself';
  if (first === undefined || second === undefined) return 'there are no two nodes';
  const [address] = texts(document.getIn([...(paths[0] ?? []), 'address']));
  const vip = address === undefined ? undefined : freeAddress(document, address);
  if (vip === undefined) return 'no address is free for a second VIP';
  for (const path of paths)
    for (const key of ['role', 'priority']) document.deleteIn([...path, key]);
  forgetWeight(document);
  const shared = vrrp.toJSON() as Readonly<Record<string, unknown>>;
  const ofGroup = Object.entries(shared).filter(([key]) => !NOT_OF_A_SECOND_GROUP.includes(key));
  document.set('vrrp', [
    { ...shared, name: 'first', owner: first },
    { ...Object.fromEntries(ofGroup), name: 'second', vip: vip.replace(/\/.*/, ''), owner: second },
  ]);
  const services = document.get('services');
  if (!isSeq(services)) return 'there are no services';
  for (const index of services.items.keys()) {
    document.deleteIn(['services', index, 'bind']);
    document.setIn(['services', index, 'vrrp'], ['first', 'second']);
  }
  return undefined;
}

/** Settings of the whole daemon, and what each group has of its own. */
const NOT_OF_A_SECOND_GROUP: readonly string[] = [
  'check',
  'notify',
  'process_priority',
  'garp_after_split',
  'priorities',
  'scripts',
  'virtual_router_id',
];

function addThirdNode(document: Document): string | undefined {
  const nodes = document.getIn(['nodes']);
  const paths = nodePaths(document);
  const [first] = paths;
  if (!isSeq(nodes) || first === undefined) return 'there are no nodes';
  if (paths.length > 2) return 'the cluster file has three nodes itself';
  const [address] = texts(document.getIn([...first, 'address']));
  const free = address === undefined ? undefined : freeAddress(document, address);
  if (free === undefined) return 'no address is free for it';
  for (const path of paths) document.deleteIn([...path, 'priority']);
  forgetWeight(document);
  document.addIn(['nodes'], { hostname: 'proof-third', address: free });
  return undefined;
}

/** The next address of the network that the file does not mention. */
function freeAddress(document: Document, cidr: string): string | undefined {
  if (!ipaddr.IPv4.isValidCIDR(cidr)) return undefined;
  const [, prefix] = ipaddr.IPv4.parseCIDR(cidr);
  const broadcast = ipaddr.IPv4.broadcastAddressFromCIDR(cidr).toByteArray();
  const mentioned = JSON.stringify(document.toJS());
  // From the top down, below the addresses that the test clients take.
  for (let down = 10; down < 60; down++) {
    const bytes = [...broadcast];
    bytes[3] = (bytes[3] ?? 0) - down;
    const candidate = bytes.join('.');
    if (ipaddr.IPv4.isValid(candidate) && !mentioned.includes(candidate))
      return `${candidate}/${prefix}`;
  }
  return undefined;
}

function nodePaths(document: Document): readonly (readonly (string | number)[])[] {
  const nodes = document.getIn(['nodes']);
  return isSeq(nodes) ? nodes.items.map((_, index) => ['nodes', index]) : [];
}

/** A value that may be given alone or as a list. */
function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (!isSeq(value)) return [];
  return value.items.map((item) => String(item)).filter((it) => it !== '');
}

/**
 * The text of the cluster file in this variant.
 *
 * @returns a reason where it cannot be
 */
export function variantText(
  text: string,
  variant: Variant,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string } {
  const document = parseDocument(text);
  if (!isMap(document.contents)) return { ok: false, reason: 'the cluster file is not a mapping' };
  const reason = variant.edit(document);
  return reason === undefined ? { ok: true, text: String(document) } : { ok: false, reason };
}

/**
 * @param ids empty = the set's own: all of them for the full set, none for the quick one
 * @throws VipisoError usage for an unknown one
 */
export function chooseVariants(set: 'quick' | 'full', ids: readonly string[]): readonly Variant[] {
  const unknown = ids.filter((id) => !VARIANTS.some((variant) => variant.id === id));
  if (unknown.length > 0) {
    throw new VipisoError('usage', `there is no variant ${unknown.join(', ')}`, {
      hint: `The variants are: ${VARIANTS.map(({ id }) => id).join(', ')}`,
    });
  }
  if (ids.length > 0) return VARIANTS.filter(({ id }) => ids.includes(id));
  return set === 'full' ? VARIANTS : [];
}
