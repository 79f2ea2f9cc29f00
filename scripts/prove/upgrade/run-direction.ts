import { setTimeout as pause } from 'node:timers/promises';
import type { BootedCluster } from '../../boot/boot-cluster.ts';
import { complaintsAbout } from '../../boot/console/verdict.ts';
import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import { byRank, hostAddresses } from '../../cluster/node-addresses.ts';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import type { UpgradeRun } from '../certificate/document.ts';
import type { ProofFinding } from '../findings.ts';
import { BOOT_DEADLINE_MS, REQUIRED_SERVICES } from '../trial/execute-action.ts';
import { rounded } from '../trial/report.ts';
import { POLL_INTERVAL_MS, TIMEOUT_MS, UpgradeClient } from './client.ts';

const OFF_DEADLINE_MS = 120_000;
const MOVE_DEADLINE_MS = 90_000;
const HEALTHY_DEADLINE_MS = 90_000;
/** Before and after, and between two moves. */
const CALM_MS = 2000;
/** A node that was just started answers so many requests of its own before the VIP may come to it. */
const HEALTHY_ANSWERS = 40;

/** What a rollout is done to: a pair that runs, and the images that its nodes get. */
export interface Rollout {
  readonly cluster: ClusterModel;
  readonly booted: BootedCluster;
  /** Absolute paths, by host name. */
  readonly images: ReadonlyMap<string, string>;
  readonly number: number;
  readonly direction: UpgradeRun['direction'];
}

/**
 * One rollout in the safe order, by what every hypervisor has: the power button, another image, power. The BACKUP
 * first; the MASTER gives the VIP away as it shuts down; where it preempts, it takes the VIP back when it is well.
 */
export async function runDirection(host: Host, rollout: Rollout): Promise<UpgradeRun> {
  const { cluster, booted, number, direction } = rollout;
  const began = host.now();
  const steps: UpgradeRun['steps'] = [];
  const client = await UpgradeClient.start(host, booted, cluster);
  let failedBefore = 0;
  const note = (text: string): void => {
    const { failed } = client.tally;
    steps.push({ at: Math.round(host.now() - began), text, failed: failed - failedBefore });
    failedBefore = failed;
    host.report({
      type: 'status',
      id: 'upgrade',
      text: `${direction} ${number}: ${text}`,
      data: {},
    });
  };
  const findings = await findingsOf(host, () => swapAll(host, rollout, client, note));
  note('the end');
  await client.end();
  host.report({ type: 'status', id: 'upgrade', text: '', data: {} });
  const { tally, watches } = client;
  findings.push(...judge(client, steps));
  return {
    ...{ number, direction, findings, steps },
    verdict: findings.length === 0 ? 'pass' : 'fail',
    durationSeconds: rounded((host.now() - began) / 1000),
    requests: {
      sent: tally.sent,
      failed: tally.failed,
      ...(tally.failed > 0 && { reasons: tally.reasons }),
    },
    longestGapMs: Math.round(tally.longestGapMs),
    slowestMs: Math.round(tally.slowestMs),
    streams: { open: watches.cuts.length, cuts: [...watches.cuts] },
  };
}

async function findingsOf(host: Host, work: () => Promise<void>): Promise<ProofFinding[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (!(error instanceof VipisoError) || host.signal.aborted) throw error;
    return [{ code: 'upgrade-stuck', text: [error.message, ...error.details].join('\n') }];
  }
}

async function swapAll(
  host: Host,
  rollout: Rollout,
  client: UpgradeClient,
  note: (text: string) => void,
): Promise<void> {
  const { cluster } = rollout;
  const ranked = byRank(cluster);
  const served = (): NodeModel | undefined => ranked.find((node) => client.isServedBy(node));
  await client.until(() => served() !== undefined, MOVE_DEADLINE_MS, 'one node to serve the VIP');
  await client.goOnFor(CALM_MS);
  const first = served();
  if (first === undefined) throw new VipisoError('proof-failed', 'no node serves the VIP steadily');
  note(`${first.hostname} holds the VIP`);
  const others = ranked.filter(({ hostname }) => hostname !== first.hostname);
  for (const node of others.reverse()) await swap(host, rollout, { client, node, note });
  await shutDown(rollout, { client, node: first, note });
  const taken = others.find((node) => client.isServedBy(node));
  note(`${taken?.hostname ?? 'another node'} holds the VIP`);
  await client.goOnFor(CALM_MS);
  await powerOn(host, rollout, { client, node: first, note });
  const [group] = cluster.vrrp.groups;
  const preferred = group.preempt.mode === 'nopreempt' ? undefined : ranked[0];
  if (preferred !== undefined) {
    const delay = group.preempt.mode === 'preempt' ? group.preempt.delay : 0;
    const back = `${preferred.hostname} to take the VIP back`;
    await client.until(() => client.isServedBy(preferred), MOVE_DEADLINE_MS + delay * 1000, back);
    note(`${preferred.hostname} holds the VIP`);
  }
  await client.goOnFor(CALM_MS);
}

interface Swap {
  readonly client: UpgradeClient;
  readonly node: NodeModel;
  readonly note: (text: string) => void;
}

async function swap(host: Host, rollout: Rollout, about: Swap): Promise<void> {
  await shutDown(rollout, about);
  await powerOn(host, rollout, about);
}

/** By the power button; waits until the machine is off and, where it held the VIP, another one serves. */
async function shutDown({ booted, cluster }: Rollout, { client, node, note }: Swap): Promise<void> {
  const { hostname } = node;
  const machine = booted.machines.get(hostname);
  if (machine === undefined) throw new VipisoError('usage', `${hostname} was not switched on`);
  note(`power button of ${hostname} pressed`);
  await machine.pressPowerButton();
  await client.during(machine.off, OFF_DEADLINE_MS, `${hostname} to shut down`);
  note(`${hostname} is off`);
  const others = cluster.nodes.filter((it) => it.hostname !== hostname);
  const another = (): boolean => others.some((it) => client.isServedBy(it));
  await client.until(another, MOVE_DEADLINE_MS, 'another node to serve the VIP');
}

async function powerOn(host: Host, { booted, images }: Rollout, swapped: Swap): Promise<void> {
  const { client, node, note } = swapped;
  const { hostname } = node;
  const image = images.get(hostname);
  if (image === undefined) throw new VipisoError('usage', `no image was named for ${hostname}`);
  const machine = await booted.powerOn(hostname, image);
  note(`${hostname} switched on with the other image`);
  const healthy = answersItself(host, booted, node);
  const login = machine.reach('login', BOOT_DEADLINE_MS);
  await client.during(login, BOOT_DEADLINE_MS + 10_000, `${hostname} to boot`);
  const complaints = complaintsAbout(machine.console.record, REQUIRED_SERVICES);
  if (complaints.length > 0)
    throw new VipisoError('proof-failed', `${hostname} did not boot well`, { details: complaints });
  await client.during(healthy, HEALTHY_DEADLINE_MS, `${hostname} to answer at its own address`);
  note(`${hostname} is well`);
}

/** Whether haproxy of a node answers by every path to the API; services of groups answer at their VIPs alone. */
async function answersItself(host: Host, booted: BootedCluster, node: NodeModel): Promise<void> {
  const [frontend] = booted.lan.plan.frontends;
  const [address] = hostAddresses(node);
  if (frontend === undefined || address === undefined) return;
  const target = { scheme: 'http', address, port: frontend.port, timeoutMs: TIMEOUT_MS } as const;
  const end = host.now() + BOOT_DEADLINE_MS + HEALTHY_DEADLINE_MS;
  for (let answered = 0; answered < HEALTHY_ANSWERS && host.now() < end;) {
    const { result } = await booted.lan.request(target);
    answered = result.kind === 'answered' ? answered + 1 : 0;
    if (host.signal.aborted) return;
    await pause(4 * POLL_INTERVAL_MS);
  }
}

function judge(
  { tally, watches }: UpgradeClient,
  steps: UpgradeRun['steps'],
): readonly ProofFinding[] {
  const findings: ProofFinding[] = [];
  if (tally.failed > 0) {
    const why = Object.entries(tally.reasons).map(([reason, count]) => `${count} × ${reason}`);
    const when = steps.flatMap(({ failed, text: step }) =>
      failed > 0 ? [`${failed} until: ${step}`] : [],
    );
    const text = [
      `${tally.failed} of ${tally.sent} requests failed: ${why.join(', ')}`,
      ...when,
    ].join('\n');
    findings.push({ code: 'upgrade-lost-requests', text });
  }
  if (tally.sent === 0) findings.push({ code: 'upgrade-stuck', text: 'no request was sent' });
  if (Math.max(0, ...watches.cuts) > 1) {
    const text = ['a watch was cut more than once', ...watches.reasons].join('\n');
    findings.push({ code: 'upgrade-cut-streams', text });
  }
  return findings;
}
