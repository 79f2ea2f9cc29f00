import { z } from 'zod';
import { parseAddress } from '../values/address.ts';
import { Port } from './scalars.ts';

/** Bind options of HAProxy 2.6 to 3.4 (configuration manual 5.1) that mean something in mode tcp, and how many words follow. */
const BIND_OPTIONS: Readonly<Record<string, number>> = {
  'accept-netscaler-cip': 1,
  'accept-proxy': 0,
  'allow-0rtt': 0,
  alpn: 1,
  backlog: 1,
  'ca-file': 1,
  'ca-ignore-err': 1,
  'ca-sign-file': 1,
  'ca-sign-pass': 1,
  'ca-verify-file': 1,
  ciphers: 1,
  ciphersuites: 1,
  'client-sigalgs': 1,
  'crl-file': 1,
  crt: 1,
  'crt-ignore-err': 1,
  'crt-list': 1,
  curves: 1,
  'defer-accept': 0,
  ecdhe: 1,
  'force-sslv3': 0,
  'force-tlsv10': 0,
  'force-tlsv11': 0,
  'force-tlsv12': 0,
  'force-tlsv13': 0,
  'generate-certificates': 0,
  id: 1,
  interface: 1,
  maxconn: 1,
  mss: 1,
  name: 1,
  namespace: 1,
  nice: 1,
  'no-ca-names': 0,
  'no-sslv3': 0,
  'no-tls-tickets': 0,
  'no-tlsv10': 0,
  'no-tlsv11': 0,
  'no-tlsv12': 0,
  'no-tlsv13': 0,
  'prefer-client-ciphers': 0,
  proto: 1,
  shards: 1,
  sigalgs: 1,
  ssl: 0,
  'ssl-max-ver': 1,
  'ssl-min-ver': 1,
  'strict-sni': 0,
  'tcp-ut': 1,
  tfo: 0,
  thread: 1,
  'tls-ticket-keys': 1,
  transparent: 0,
  v4v6: 0,
  v6only: 0,
  verify: 1,
};

const ANYWHERE: ReadonlySet<string> = new Set(['', '*', '::', '[::]', '0.0.0.0']);

/** Why HAProxy would not take a bind line, or could not start with it; undefined where nothing is wrong. */
function bindProblem(bind: string): string | undefined {
  const [place = '', ...options] = bind.split(' ');
  if (!/^[^\s"'\\#,]*:\d+$/.test(place) || options.includes('')) {
    return place.includes(',')
      ? 'one address in each line: write a list'
      : 'expected ADDRESS:PORT and bind options, such as ":::6443 v4v6"';
  }
  const colon = place.lastIndexOf(':');
  if (!Port.safeParse(Number(place.slice(colon + 1))).success)
    return 'a port is a number from 1 to 65535';
  const address = place.slice(0, colon).replace(/^ipv[46]@/, '');
  if (!ANYWHERE.has(address) && parseAddress(address.replace(/^\[(.*)\]$/, '$1')) === undefined)
    return `${address} is not an IP address: haproxy binds addresses of this node, or * for all`;
  return optionProblem(options);
}

function optionProblem(options: readonly string[]): string | undefined {
  for (let index = 0; index < options.length; index += 1) {
    const option = options[index] ?? '';
    const words = Object.hasOwn(BIND_OPTIONS, option) ? BIND_OPTIONS[option] : undefined;
    if (words === undefined) return `haproxy has no bind option ${option}`;
    index += words;
    if (index >= options.length) return `the bind option ${option} needs a value`;
  }
  return undefined;
}

export const Bind = z.string().check((context) => {
  const message = bindProblem(context.value);
  if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
});

/** What `bind` of the page of figures may be: an address of this node, or all of them. */
export const ListenAddress = z
  .string()
  .refine((text) => ANYWHERE.has(text) || parseAddress(text)?.prefix === undefined, {
    error: 'expected an address without a prefix, or * for all',
  })
  .refine((text) => ANYWHERE.has(text) || parseAddress(text) !== undefined, {
    error: 'expected an IP address such as 192.168.9.137, or * for all',
  });

/** HAProxy's algorithms for mode tcp (configuration manual 4.2, "balance"), with what may follow. */
const BALANCE =
  /^(roundrobin|static-rr|leastconn|first|source|random(\([1-9]\d{0,4}\))?|rdp-cookie(\([A-Za-z0-9_-]+\))?|hash [A-Za-z0-9_.(),:/-]+)$/;
const OF_HTTP = /^(uri|url_param|hdr)\b/;

export const Balance = z.string().check((context) => {
  const { value } = context;
  if (BALANCE.test(value)) return;
  const message = OF_HTTP.test(value)
    ? `haproxy balances by ${/^\w+/.exec(value)?.[0] ?? value} in mode http alone; services here are TCP, and it would fall back to roundrobin`
    : 'expected roundrobin, static-rr, leastconn, first, source, random, random(2), rdp-cookie, rdp-cookie(name) or hash with an expression, such as "hash src"';
  context.issues.push({ code: 'custom', message, input: value });
});
