import path from 'node:path';
import { withBootedCluster } from '../../boot/boot-cluster.ts';
import type { BootedCluster } from '../../boot/boot-cluster.ts';
import { complaintsAbout } from '../../boot/console/verdict.ts';
import type { Outcome } from '../../boot/lan/protocol.ts';
import type { Machine } from '../../boot/machine.ts';
import { Client, describeOutcome, isSteady } from '../../boot/polling-client.ts';
import { expectationsOf } from '../../cluster/expectations/expectations.ts';
import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import { nodesByRank } from '../../cluster/vrrp-groups.ts';
import { VipisoError } from '../../core/errors.ts';
import { step } from '../../core/events.ts';
import type { Host } from '../../host/host.ts';
import { secondsLostIn } from '../../prove/measure/outages.ts';

const BOOT_DEADLINE_MS = 300_000;
const SETTLE_DEADLINE_MS = 60_000;
const ASK_EVERY_MS = 50;
/** Below a second, so that no request outlives the outage by TCP's own repetition. */
const REQUEST_TIMEOUT_MS = 900;
const STEADY_COUNT = 40;
/** What emulation on a busy machine may add to the time that the timers allow. */
const SLACK_SECONDS = 5;

export interface Failover {
  readonly master: string;
  readonly backup: string;
  /** Seconds from power-on to the login prompt, by host name. */
  readonly bootSeconds: ReadonlyMap<string, number>;
  readonly before: readonly Outcome[];
  readonly after: readonly Outcome[];
  readonly secondsLost: number;
  /** What the timers of the cluster file allow. */
  readonly secondsPromised: number;
}

/**
 * Boots both nodes, lets a client ask the VIP, and cuts the power of the MASTER.
 *
 * @throws VipisoError proof-failed when anything is not as promised
 */
export async function bootAndBreak(
  host: Host,
  cluster: ClusterModel,
  folder: string,
): Promise<Failover> {
  const boots = new Map(
    cluster.nodes.map(({ hostname }) => [
      hostname,
      { image: path.join(folder, `${hostname}.iso`), as: 'cd', firmware: 'bios' } as const,
    ]),
  );
  const logs = path.join(folder, 'logs');
  return await withBootedCluster(host, { cluster, boots, logs }, async (booted) => {
    const { kind, reason } = booted.accelerator;
    host.report({ type: 'note', level: 'info', text: `QEMU runs with ${kind}: ${reason}` });
    const bootSeconds = await waitForBoots(host, booted);
    return { ...(await breakMaster(host, cluster, booted)), bootSeconds };
  });
}

async function waitForBoots(
  host: Host,
  { machines }: BootedCluster,
): Promise<ReadonlyMap<string, number>> {
  const waits = [...machines.values()].map((machine) =>
    step(
      host.report,
      { id: `boot-${machine.name}`, title: `Booting ${machine.name}` },
      async () => [machine.name, await bootSecondsOf(machine)] as const,
      ([, seconds]) => ({
        summary: `default runlevel after ${seconds.toFixed(1)} s, haproxy and keepalived started`,
      }),
    ),
  );
  return new Map(await Promise.all(waits));
}

async function bootSecondsOf(machine: Machine): Promise<number> {
  await machine.reach('login', BOOT_DEADLINE_MS);
  const { record, tail } = machine.console;
  const complaints = complaintsAbout(record, ['haproxy', 'keepalived']);
  if (complaints.length > 0) {
    throw new VipisoError('proof-failed', `${machine.name} booted, but not as it should`, {
      details: [...complaints, 'The last lines of its console:', ...tail],
    });
  }
  return (record.stages.get('login') ?? 0) / 1000;
}

async function breakMaster(
  host: Host,
  cluster: ClusterModel,
  { lan, machines }: BootedCluster,
): Promise<Omit<Failover, 'bootSeconds'>> {
  const [master, backup] = nodesByRank(cluster.vrrp.groups[0], cluster);
  const [frontend] = lan.plan.frontends;
  if (master === undefined || backup === undefined || frontend === undefined)
    throw new VipisoError('usage', 'the demo needs two nodes and a service');
  const client = await Client.start(host, lan, {
    name: 'demo',
    target: {
      scheme: 'https',
      address: frontend.address,
      port: frontend.port,
      timeoutMs: REQUEST_TIMEOUT_MS,
    },
    everyMs: ASK_EVERY_MS,
  });
  const vip = `${frontend.address}:${frontend.port}`;
  const before = await step(
    host.report,
    { id: 'vip', title: `Asking https://${vip}/readyz` },
    () => steady(client, master, 0),
    describeLast,
  );
  const { after, secondsLost } = await step(
    host.report,
    { id: 'cut', title: `Cutting the power of ${master.hostname} (${master.role})` },
    async () => {
      const cutAt = host.now();
      await machines.get(master.hostname)?.cutPower();
      const seen = await steady(client, backup, cutAt);
      return { after: seen, secondsLost: secondsLostIn(seen) };
    },
    ({ secondsLost: lost }) => ({
      summary: `${backup.hostname} answers, ${lost.toFixed(2)} s were lost`,
    }),
  );
  await client.end();
  const secondsPromised = expectationsOf(cluster).groups[0]?.failover.nodeDeath ?? 0;
  if (secondsLost > secondsPromised + SLACK_SECONDS) {
    throw new VipisoError(
      'proof-failed',
      `the fail-over took ${secondsLost.toFixed(1)} s; the timers promise ${secondsPromised} s`,
    );
  }
  return {
    master: master.hostname,
    backup: backup.hostname,
    before,
    after,
    secondsLost,
    secondsPromised,
  };
}

async function steady(client: Client, node: NodeModel, since: number): Promise<readonly Outcome[]> {
  const addresses = node.interfaces
    .flatMap(({ addresses: all }) => all)
    .map((it) => it.replace(/\/.*/, ''));
  return await client.until(
    (seen) => addresses.some((address) => isSteady(seen, address, STEADY_COUNT)),
    { what: `steady answers via ${node.hostname}`, since, deadlineMs: SETTLE_DEADLINE_MS },
  );
}

function describeLast(seen: readonly Outcome[]): { readonly summary: string } {
  const last = seen.at(-1);
  return { summary: last === undefined ? 'no answer' : describeOutcome(last) };
}
