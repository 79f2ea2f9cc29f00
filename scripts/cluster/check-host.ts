import { parseAddress } from './values/address.ts';
import { parseHostPort } from './values/host-port.ts';

/** What a health check calls the server: for the Host header with its port, for TLS without, and never an address there. */
export interface CheckHost {
  /** `k8s.example.org:6443`, `192.168.9.139`, `[fd00::1]:6443` (RFC 9110, section 7.2). */
  readonly header: string;
  /** Name for the SNI (RFC 6066, section 3: no addresses); absent for an address. */
  readonly serverName: string | undefined;
}

/** @returns undefined for what is neither a name nor an address */
export function parseCheckHost(text: string): CheckHost | undefined {
  const parts = parseHostPort(text);
  if (parts === undefined) return undefined;
  const { host, port } = parts;
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    header: port === undefined ? shown : `${shown}:${port}`,
    serverName: parseAddress(host) === undefined ? host.replace(/\.$/, '') : undefined,
  };
}
