import path from 'node:path';
import type { Outcome } from '../../boot/lan/protocol.ts';
import type { ClusterModel } from '../../cluster/model.ts';
import { vipCidrs } from '../../cluster/vrrp-groups.ts';
import type { Failover } from './failover.ts';

/** The demo's last words: what was shown, and what to do next. */
export function summarise(about: {
  readonly cluster: ClusterModel;
  readonly failover: Failover;
  readonly folder: string;
  readonly cwd: string;
}): string {
  const { cluster, failover, cwd } = about;
  const shown = (name: string): string => path.relative(cwd, path.join(about.folder, name));
  const vips = vipCidrs(cluster).join(', ');
  const boots = [...failover.bootSeconds].map(
    ([name, seconds]) => `${name} ${seconds.toFixed(1)} s`,
  );
  const facts = [
    ['images', cluster.nodes.map(({ hostname }) => shown(`${hostname}.iso`)).join(', ')],
    ['booted', boots.join(', ')],
    ['VIP', `${vips}, answered ${medianLatency(failover.before)} by ${serversIn(failover.before)}`],
    ['power cut', `${failover.master} died, ${failover.backup} took over`],
    [
      'lost',
      `${failover.secondsLost.toFixed(2)} s (the timers allow ${failover.secondsPromised} s)`,
    ],
    ['afterwards', `answered ${medianLatency(failover.after)} by ${serversIn(failover.after)}`],
  ] as const;
  return [
    '',
    'The demo has shown all that it promised.',
    '',
    ...facts.map(([name, value]) => `  ${name.padEnd(12)}${value}`),
    '',
    'Next:',
    `  read ${shown('cluster.yaml')}, and the consoles in ${shown('logs')}/`,
    '  npx vipiso init my-cluster     a starter file for your own network',
    '  npx vipiso build my-cluster/cluster.yaml     needs an Alpine mirror, or --repository',
    '',
  ].join('\n');
}

function serversIn(outcomes: readonly Outcome[]): string {
  const names = outcomes.flatMap(({ result }) =>
    result.kind === 'answered' ? [result.server] : [],
  );
  return [...new Set(names)].sort().join(', ');
}

function medianLatency(outcomes: readonly Outcome[]): string {
  const latencies = outcomes
    .filter(({ result }) => result.kind === 'answered')
    .map(({ latencyMs }) => latencyMs)
    .sort((a, b) => a - b);
  return `in ${Math.round(latencies[Math.floor(latencies.length / 2)] ?? 0)} ms`;
}
