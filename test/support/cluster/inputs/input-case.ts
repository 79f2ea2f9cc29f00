/** The parts of a cluster file, each on a line of its own: a case changes one, so that its line tells the part. */
export interface Parts {
  readonly one?: string;
  readonly two?: string;
  readonly vrrp?: string;
  readonly service?: string;
  readonly backends?: string;
  /** Further lines, from the seventh on. */
  readonly rest?: string;
}

/** What somebody may write, and what `check` says of it. */
export interface InputCase {
  readonly what: string;
  readonly text: string;
  /** `LINE CODE` of what has to be found; undefined where no error may be, and the daemons have to take what is rendered. */
  readonly finds?: string;
}

export const ONE = 'hostname: lb-1, address: 192.168.9.137/24';
export const TWO = 'hostname: lb-2, address: 192.168.9.138/24';
export const SERVERS = '{name: a, address: 192.168.9.130}, {name: b, address: 192.168.9.131}';

export function file({ one, two, vrrp, service, backends, rest }: Parts = {}): string {
  return `nodes:
  - {${one ?? ONE}}
  - {${two ?? TWO}}
vrrp: ${vrrp ?? '{vip: 192.168.9.139}'}
services:
  - {${service === undefined ? '' : `${service}, `}backends: [${backends ?? SERVERS}]}
${rest ?? ''}`;
}

/** A pair of IPv6 alone. */
export const SIX: Parts = {
  one: 'hostname: lb-1, address: "fd00:9::137/64", gateway: "fd00:9::1"',
  two: 'hostname: lb-2, address: "fd00:9::138/64", gateway: "fd00:9::1"',
  vrrp: '{vip: "fd00:9::139"}',
  backends: '{name: a, address: "fd00:9::130"}, {name: b, address: "fd00:9::131"}',
};

type Row = readonly [what: string, parts: Parts | string, finds?: string];

export function cases(rows: readonly Row[]): readonly InputCase[] {
  return rows.map(([what, parts, finds]) => ({
    what,
    text: typeof parts === 'string' ? parts : file(parts),
    ...(finds === undefined ? {} : { finds }),
  }));
}
