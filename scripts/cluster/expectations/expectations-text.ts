import type { ClusterModel } from '../model.ts';
import { joinHostPort } from '../values/address.ts';
import type { HealthScriptModel, VrrpGroupModel } from '../vrrp-model.ts';
import type { Expectations, GroupExpectation } from './expectations.ts';

/** The expectations as lines for a terminal. */
export function formatExpectations(
  cluster: ClusterModel,
  expectations: Expectations,
): readonly string[] {
  const named = cluster.vrrp.groups.length > 1;
  return [
    `Cluster ${cluster.name}: Alpine ${cluster.alpine.branch} (${cluster.alpine.arch}), ${cluster.image.engine} engine`,
    '',
    'Nodes',
    ...table(expectations.groups.flatMap((group) => nodeRows(group, named))),
    '',
    'Virtual addresses',
    ...table(cluster.vrrp.groups.flatMap((group) => vipRows(group, named))),
    '',
    ...managementRows(expectations),
    'Services',
    ...table(
      cluster.services.map(({ name, port, backends }) => [name, `port ${port}`, servers(backends)]),
    ),
    '',
    'What to expect (computed from the timers)',
    ...table(timeRows(cluster, expectations)),
  ];
}

type Rows = readonly (readonly string[])[];

function nodeRows({ name: group, nodes }: GroupExpectation, named: boolean): Rows {
  return nodes.map(({ hostname, role, priority, interface: carrier, addresses }) => [
    hostname,
    named ? `${role} of ${group}` : role,
    `priority ${priority}`,
    carrier,
    addresses.join(', '),
  ]);
}

function vipRows(group: VrrpGroupModel, named: boolean): Rows {
  return group.instances.map(({ name, virtualRouterId, addresses }) => [
    ...(named ? [group.name] : []),
    addresses.join(', '),
    name,
    `virtual_router_id ${virtualRouterId}`,
    `VRRP ${group.version}, ${group.transport}, adverts every ${group.advertInt} s`,
  ]);
}

function managementRows({ management }: Expectations): readonly string[] {
  if (management.length === 0) return [];
  const rows = management.map(({ hostname, interface: name, addresses }) => [
    hostname,
    name,
    addresses.join(', '),
  ]);
  return ['Management (ssh and stats, nowhere else)', ...table(rows), ''];
}

function servers(backends: readonly { name: string; address: string; port: number }[]): string {
  return backends
    .map(({ name, address, port }) => `${name} ${joinHostPort(address, port)}`)
    .join(', ');
}

function timeRows(
  { vrrp, services, haproxy }: ClusterModel,
  { groups, backends, bonds }: Expectations,
): Rows {
  return [
    ...vrrp.groups.flatMap((group, index) => {
      const of = vrrp.groups.length > 1 ? ` of ${group.name}` : '';
      const expected = groups[index];
      return expected === undefined ? [] : groupRows(group, expected, vrrp.check, of);
    }),
    ...bonds.map(({ name, mode, memberLost }) => [
      `a link of ${name} fails`,
      seconds(memberLost),
      `miimon; ${mode}: another carries the traffic, no VIP moves`,
    ]),
    ...backends.flatMap((backend, index) => backendRow(backend, services[index])),
    ...backends.flatMap((backend) => nameRow(backend, haproxy.resolvers)),
  ];
}

function groupRows(
  { advertInt }: VrrpGroupModel,
  { failover }: GroupExpectation,
  check: HealthScriptModel,
  of: string,
): Rows {
  if (failover.alone) return [['the node dies', 'for good', 'no other node takes over']];
  return [
    [
      `the MASTER${of} dies`,
      seconds(failover.nodeDeath),
      `3 x advert_int ${advertInt} s + skew ${seconds(failover.cleanStop)}`,
    ],
    ['its haproxy dies', seconds(failover.haproxyDeath), deathReason(check)],
    ['its haproxy hangs', ...hangCells(check, failover.haproxyHang)],
    ['it is shut down', seconds(failover.cleanStop), 'skew; keepalived sends priority 0'],
  ];
}

function deathReason({ name, interval, fall, trackProcess }: HealthScriptModel): string {
  return trackProcess
    ? 'the kernel reports it; skew'
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
): Rows {
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

function nameRow(
  { service, renamed }: Expectations['backends'][number],
  { hold }: ClusterModel['haproxy']['resolvers'],
): Rows {
  if (renamed === undefined) return [];
  return [
    [
      `a name of ${service} moves`,
      seconds(renamed),
      `hold valid ${hold.valid} + obsolete ${hold.obsolete} at most; name servers that are down change nothing for ${hold.timeout}`,
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
