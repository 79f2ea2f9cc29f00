import { joinHostPort } from './address.ts';
import type { Expectations } from './expectations.ts';
import type { ClusterModel, HealthScriptModel, VrrpModel } from './model.ts';

/** The expectations as lines for a terminal. */
export function formatExpectations(
  cluster: ClusterModel,
  expectations: Expectations,
): readonly string[] {
  return [
    `Cluster ${cluster.name}: Alpine ${cluster.alpine.branch} (${cluster.alpine.arch}), ${cluster.image.engine} engine`,
    '',
    'Nodes',
    ...table(
      expectations.nodes.map(({ hostname, role, priority, interface: name, addresses }) => [
        hostname,
        role,
        `priority ${priority}`,
        name,
        addresses.join(', '),
      ]),
    ),
    '',
    'Virtual addresses',
    ...table(vipRows(cluster.vrrp)),
    '',
    'Services',
    ...table(
      cluster.services.map(({ name, port, backends }) => [name, `port ${port}`, servers(backends)]),
    ),
    '',
    'What to expect (computed from the timers)',
    ...table(timeRows(cluster, expectations)),
  ];
}

function vipRows(vrrp: VrrpModel): readonly (readonly string[])[] {
  return vrrp.instances.map(({ name, virtualRouterId, addresses }) => [
    addresses.join(', '),
    name,
    `virtual_router_id ${virtualRouterId}`,
    `VRRP ${vrrp.version}, ${vrrp.transport}, adverts every ${vrrp.advertInt} s`,
  ]);
}

function servers(backends: readonly { name: string; address: string; port: number }[]): string {
  return backends
    .map(({ name, address, port }) => `${name} ${joinHostPort(address, port)}`)
    .join(', ');
}

function timeRows(
  { vrrp, services }: ClusterModel,
  { failover, backends }: Expectations,
): readonly (readonly string[])[] {
  const rows = failover.alone
    ? [['the node dies', 'for good', 'no other node takes over']]
    : [
        [
          'the MASTER dies',
          seconds(failover.nodeDeath),
          `3 x advert_int ${vrrp.advertInt} s + skew ${seconds(failover.cleanStop)}`,
        ],
        ['its haproxy dies', seconds(failover.haproxyDeath), deathReason(vrrp.check)],
        ['its haproxy hangs', ...hangCells(vrrp.check, failover.haproxyHang)],
        ['it is shut down', seconds(failover.cleanStop), 'skew; keepalived says goodbye'],
      ];
  return [...rows, ...backends.flatMap((backend, index) => backendRow(backend, services[index]))];
}

function deathReason({ name, interval, fall, trackProcess }: HealthScriptModel): string {
  return trackProcess
    ? 'the kernel tells; skew'
    : `${name}: interval ${interval} s x fall ${fall ?? 1}, then as above`;
}

function hangCells(
  { name, interval, fall, timeout }: HealthScriptModel,
  hang: number | undefined,
): readonly string[] {
  if (hang === undefined) return ['never', `${name} looks for the process alone (check: probe)`];
  const checks = `interval ${interval} s x fall ${fall ?? 1} + timeout ${timeout ?? interval} s`;
  return [seconds(hang), `${name}: ${checks}, then as above`];
}

function backendRow(
  { service, death }: Expectations['backends'][number],
  model: ClusterModel['services'][number] | undefined,
): readonly (readonly string[])[] {
  if (death === undefined || model === undefined) {
    return [
      [`a server of ${service} dies`, 'never', 'no health check: it keeps getting connections'],
    ];
  }
  const { inter, fall } = model.defaultServer;
  return [
    [
      `a server of ${service} dies`,
      seconds(death),
      `inter ${inter} x fall ${fall}; until then it gets its share`,
    ],
  ];
}

function seconds(value: number): string {
  if (value < 0.01) return 'under 0.01 s';
  return `${value >= 1 ? value.toFixed(1).replace(/\.0$/, '') : value.toFixed(2)} s`;
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}
