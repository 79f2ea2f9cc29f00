import { parseAddress } from './address.ts';
import { isDnsName } from './host-name.ts';

interface HostPort {
  readonly host: string;
  readonly port: number | undefined;
}

/** Cuts a text, whatever its parts are worth: `[fd00::1]:514`, `192.0.2.1:514`, `log.example.org` (RFC 3986, section 3.2.2); an IPv6 address needs its brackets. */
export function splitHostPort(text: string): HostPort {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(text);
  if (match === null) return { host: text, port: undefined };
  const [, bracketed, bare = '', port] = match;
  return { host: bracketed ?? bare, port: port === undefined ? undefined : Number(port) };
}

/**
 * `name`, `name:port`, an address with or without its port; IPv6 with a port in brackets.
 *
 * @returns undefined for what is neither a name nor an address, or has a port that is none
 */
export function parseHostPort(text: string): HostPort | undefined {
  if (isHostAddress(text)) return { host: text, port: undefined };
  const { host, port } = splitHostPort(text);
  if (/:\d{6}/.test(text) || (port !== undefined && (port < 1 || port > 65535))) return undefined;
  const isSound = text.startsWith('[')
    ? isHostAddress(host) && host.includes(':')
    : isHostAddress(host) || isDnsName(host);
  return isSound ? { host, port } : undefined;
}

function isHostAddress(text: string): boolean {
  return parseAddress(text) !== undefined && !text.includes('/');
}
