import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findingsIn, minimalFile } from '../../support/cluster/cluster-file.ts';
import { requireTools } from '../../support/host/require-tools.ts';

const ADDRESSES = ['192.168.9.137/24', 'fd00:9::137/64'];
const OTHER = { hostname: 'lb-2', address: ['192.168.9.138/24', 'fd00:9::138/64'] };

interface Route {
  readonly to: string;
  readonly via: string;
  readonly metric?: number;
}

/** Gateways and networks of all kinds: on the link, beside it, on its edges, with bits too many, of the other family. */
const VIA = [
  ...['192.168.9.1', '192.168.9.2', '192.168.9.137', '192.168.9.0', '192.168.9.255'],
  ...['192.168.8.1', '10.0.0.1', 'fd00:9::1', 'fd00:9::137', 'fd00:9::', 'fd00:8::1', 'fe80::1'],
];
const TO = [
  ...['default', '10.0.0.0/8', '10.0.0.1/8', '10.1.2.3/32', '172.16.0.0/12', '172.16.0.1/31'],
  ...['0.0.0.0/0', '::/0', 'fd01::/64', 'fd01::1/64', 'fd01::1/128', 'fd01:0:0:8000::/49'],
  ...['fd01:0:0:c000::/49', '192.168.0.0/16'],
];
interface Requested {
  readonly gateway: string | undefined;
  readonly list: readonly Route[];
}

const routes: fc.Arbitrary<Route> = fc.record(
  {
    to: fc.constantFrom(...TO),
    via: fc.constantFrom(...VIA),
    metric: fc.constantFrom(1, 10, 1024),
  },
  { requiredKeys: ['to', 'via'] },
);
const requestedRoutes: fc.Arbitrary<Requested> = fc.record({
  gateway: fc.constantFrom(undefined, '192.168.9.1', 'fd00:9::1'),
  list: fc.array(routes, { minLength: 1, maxLength: 3 }),
});

const SCRIPT = `
ip link add eth0 type veth peer name peer0
ip link set dev peer0 up
exec ip -force -batch -
`;

/** Adds one set of routes after the other. @returns for each whether the kernel took all of it */
function kernelTakes(sets: readonly (readonly string[])[]): readonly boolean[] {
  const commands = sets.flatMap((routes, set) =>
    [
      ...['link set dev eth0 down', 'address flush dev eth0', 'link set dev eth0 up'],
      ...ADDRESSES.map((address) => `address add ${address} dev eth0 nodad`),
      ...routes.map((route) => `route add ${route} dev eth0`),
    ].map((command) => ({ set, command })),
  );
  const input = commands.map(({ command }) => `${command}\n`).join('');
  const args = ['-Urn', 'sh', '-c', SCRIPT];
  const { stderr } = spawnSync('unshare', args, { encoding: 'utf8', input });
  const failed = new Set<number>();
  for (const [, line] of stderr.matchAll(/^Command failed -:(\d+)$/gm)) {
    const { set = -1, command = '' } = commands[Number(line) - 1] ?? {};
    expect(command, stderr).toMatch(/^route add/);
    failed.add(set);
  }
  return sets.map((_, index) => !failed.has(index));
}

describe.runIf(requireTools('unshare', 'ip'))('routes', () => {
  test('that check lets through are taken by the kernel', () => {
    const cases = fc.sample(requestedRoutes, { numRuns: 800, seed: 9 });
    const good = cases.filter(({ gateway, list }) => {
      const own = { hostname: 'lb-1', address: ADDRESSES, routes: list };
      const one = gateway === undefined ? own : { ...own, gateway };
      const found = findingsIn(minimalFile({ nodes: [one, OTHER] }));
      return !found.some(({ severity }) => severity === 'error');
    });
    const sets = good.map(linesOf);
    const taken = kernelTakes(sets);
    expect(sets.filter((_, index) => taken[index] !== true)).toEqual([]);
    expect(sets.length).toBeGreaterThan(40);
  });

  test('that check says the kernel refuses are refused', () => {
    const refused = [
      { to: '10.0.0.1/8', via: '192.168.9.1' },
      { to: '10.0.0.0/8', via: '192.168.8.1' },
      { to: '10.0.0.0/8', via: '192.168.9.255' },
    ];
    const sets = refused.map((route) => linesOf({ gateway: undefined, list: [route] }));
    expect(kernelTakes(sets)).toEqual([false, false, false]);
  });
});

/** As etc/network/interfaces has them: ifupdown-ng gives the gateway's route its metric. */
function linesOf({ gateway, list }: Requested): readonly string[] {
  return [
    ...(gateway === undefined ? [] : [`default via ${gateway} metric 1`]),
    ...list.map(({ to, via, metric }) => {
      const anywhere = via.includes(':') ? '::/0' : '0.0.0.0/0';
      const end = metric === undefined ? '' : ` metric ${metric}`;
      return `${to === 'default' ? anywhere : to} via ${via}${end}`;
    }),
  ];
}
