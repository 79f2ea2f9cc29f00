import ipaddr from 'ipaddr.js';

/** An IPv4 or IPv6 address, with the prefix length where one was written. */
export interface Address {
  readonly family: 4 | 6;
  /** Canonical text without the prefix: `fd00::1`. */
  readonly host: string;
  readonly prefix: number | undefined;
}

/** Four decimal parts without leading zeros, each below 256: already canonical. */
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/**
 * Reads `192.168.9.137`, `192.168.9.137/24`, `fd00::1` or `fd00::1/64`; anything else is `undefined`.
 * IPv4 in four decimal parts only: octal and short forms mean different addresses to different tools.
 */
export function parseAddress(text: string): Address | undefined {
  const [host = '', prefixText, ...rest] = text.split('/');
  const canonical = canonicalHost(host);
  if (canonical === undefined || rest.length > 0) return undefined;
  const family = canonical.includes(':') ? 6 : 4;
  if (prefixText === undefined) return { family, host: canonical, prefix: undefined };
  if (!/^(0|[1-9]\d{0,2})$/.test(prefixText)) return undefined;
  const prefix = Number(prefixText);
  return prefix > maxPrefix(family) ? undefined : { family, host: canonical, prefix };
}

/** Canonical text without the prefix; what is not an address (a host name) as it is. */
export function hostOf(text: string): string {
  return parseAddress(text)?.host ?? text;
}

/**
 * `192.168.9.139:6443`, `[fd00::1]:6443` (RFC 3986, section 3.2.2). HAProxy reads the brackets too;
 * without them a reader cannot tell the port.
 */
export function joinHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function canonicalHost(text: string): string | undefined {
  if (IPV4.test(text)) return text;
  const mayBeIpv6 = text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text);
  return mayBeIpv6 ? ipaddr.IPv6.parse(text).toString() : undefined;
}

function maxPrefix(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}

/** `host/prefix`, with the longest prefix where none was written. */
export function toCidr(address: Address): string {
  return `${address.host}/${address.prefix ?? maxPrefix(address.family)}`;
}

/** Whether `address` lies in the network that `network` (an interface's address with its prefix) spans. */
export function inNetwork(address: Address, network: Address): boolean {
  if (address.family !== network.family) return false;
  const prefix = network.prefix ?? maxPrefix(network.family);
  const host = ipaddr.parse(address.host);
  const base = ipaddr.parse(network.host);
  return host.kind() === 'ipv4'
    ? (host as ipaddr.IPv4).match(base, prefix)
    : (host as ipaddr.IPv6).match(base, prefix);
}

/** fe80::/10 (RFC 4291, 2.5.6): on every link, and of no network. @param text canonical, with or without a prefix */
export function isLinkLocal(text: string): boolean {
  return /^fe[89ab][0-9a-f]:/.test(text);
}

/** Whether two networks share addresses. */
export function networksOverlap(a: Address, b: Address): boolean {
  return inNetwork(a, b) || inNetwork(b, a);
}

/** Whether a machine may have this address: not the network's own or its broadcast address (IPv4, below /31). */
export function isHostAddress(address: Address): boolean {
  const prefix = address.prefix ?? maxPrefix(address.family);
  if (address.family === 6 || prefix >= 31) return true;
  const text = `${address.host}/${prefix}`;
  const edges = [
    ipaddr.IPv4.networkAddressFromCIDR(text).toString(),
    ipaddr.IPv4.broadcastAddressFromCIDR(text).toString(),
  ];
  return !edges.includes(address.host);
}

/** The network that an address with its prefix length is in: `10.1.2.3/8` is in `10.0.0.0/8`. */
export function networkOf(address: Address): string {
  const prefix = address.prefix ?? maxPrefix(address.family);
  const bytes = ipaddr.parse(address.host).toByteArray();
  const masked = bytes.map((byte, index) => {
    const kept = Math.min(8, Math.max(0, prefix - 8 * index));
    return byte & (0xff00 >> kept) & 0xff;
  });
  return `${ipaddr.fromByteArray(masked).toString()}/${prefix}`;
}
