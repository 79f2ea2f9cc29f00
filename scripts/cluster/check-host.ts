import { parseAddress } from './address.ts';

/** What a health check calls the server: for the Host header with its port, for TLS without, and never an address there. */
export interface CheckHost {
  /** `k8s.example.org:6443`, `192.168.9.139`, `[fd00::1]:6443` (RFC 9110, section 7.2). */
  readonly header: string;
  /** Name for the SNI (RFC 6066, section 3: no addresses); absent for an address. */
  readonly serverName: string | undefined;
}

const NAME =
  /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\.?$/;

/** A DNS name in ASCII letters; what looks like an address is none. */
export function isDnsName(text: string): boolean {
  return NAME.test(text) && !/^[\d.]+$/.test(text);
}

/** `name`, `name:port`, an address with or without its port; IPv6 with a port in brackets. */
export function splitHostPort(
  text: string,
): { readonly host: string; readonly port: number | undefined } | undefined {
  if (parseAddress(text) !== undefined && !text.includes('/'))
    return { host: text, port: undefined };
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const [, bracketed, plain, digits] = match;
  const host = bracketed ?? plain ?? '';
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65535)) return undefined;
  const isAddress = parseAddress(host) !== undefined && !host.includes('/');
  if (bracketed !== undefined ? !(isAddress && host.includes(':')) : !isAddress && !isDnsName(host))
    return undefined;
  return { host, port };
}

/** @returns undefined for what is neither a name nor an address */
export function parseCheckHost(text: string): CheckHost | undefined {
  const parts = splitHostPort(text);
  if (parts === undefined) return undefined;
  const { host, port } = parts;
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    header: port === undefined ? shown : `${shown}:${port}`,
    serverName: parseAddress(host) === undefined ? host.replace(/\.$/, '') : undefined,
  };
}
