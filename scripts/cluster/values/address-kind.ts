import ipaddr from 'ipaddr.js';
import type { Address } from './address.ts';

/** What an address stands for beside one machine on a network. */
export type SpecialKind =
  'unspecified' | 'loopback' | 'multicast' | 'broadcast' | 'mapped' | 'link-local';

/** By `Address.range()` of ipaddr.js, which knows the registries of RFC 6890. */
const KINDS: Readonly<Record<string, SpecialKind>> = {
  unspecified: 'unspecified',
  loopback: 'loopback',
  multicast: 'multicast',
  broadcast: 'broadcast',
  ipv4Mapped: 'mapped',
  linkLocal: 'link-local',
};

/** Undefined for an address that one machine may have and others can ask for. */
export function specialKind({ host }: Pick<Address, 'host'>): SpecialKind | undefined {
  const range: string = ipaddr.parse(host).range();
  return Object.hasOwn(KINDS, range) ? KINDS[range] : undefined;
}
