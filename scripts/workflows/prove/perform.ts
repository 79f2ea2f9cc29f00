import { setTimeout as pause } from 'node:timers/promises';
import { complaintsAbout } from '../../boot/console/verdict.ts';
import type { Deed, ServerRef } from '../../boot/faults/model.ts';
import { GOOD_LINK } from '../../boot/lan/link.ts';
import type { LinkCondition } from '../../boot/lan/link.ts';
import type { Machine } from '../../boot/machine.ts';
import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import { cardsOf, carrierOf } from '../../cluster/network/cards.ts';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import type { BootedCluster } from '../boot-cluster.ts';
import { actor } from './cast.ts';
import type { Cast } from './cast.ts';

export const BOOT_DEADLINE_MS = 400_000;
const OFF_DEADLINE_MS = 60_000;
export const REQUIRED_SERVICES: readonly string[] = ['haproxy', 'keepalived'];

/** What deeds are done to. */
export interface Stage {
  readonly cluster: ClusterModel;
  readonly booted: BootedCluster;
}

/** A machine that was switched on: complaints about its boot, when that has come to its end. */
export interface Booting {
  readonly complaints: Promise<readonly string[]>;
}

/** @returns what goes on after the deed is done */
export async function perform(
  host: Host,
  { cluster, booted }: Stage,
  deed: Deed,
  cast: Cast,
): Promise<Booting | undefined> {
  switch (deed.do) {
    case 'cut-power':
      await machineOf(booted, actor(cast, deed.node)).cutPower();
      return undefined;
    case 'power-on':
      return {
        complaints: complaintsAfterBoot(await booted.powerOn(actor(cast, deed.node).hostname)),
      };
    case 'shut-down':
      await shutDown(machineOf(booted, actor(cast, deed.node)), (machine) =>
        machine.inside('poweroff', OFF_DEADLINE_MS),
      );
      return undefined;
    case 'press-power-button':
      await shutDown(machineOf(booted, actor(cast, deed.node)), (machine) =>
        machine.pressPowerButton(),
      );
      return undefined;
    case 'run':
      await runInside(machineOf(booted, actor(cast, deed.node)), deed.command);
      return undefined;
    case 'cable':
      await setCables(booted, actor(cast, deed.node), {
        fromMachine: { ...GOOD_LINK, ...deed.fromMachine },
        toMachine: { ...GOOD_LINK, ...deed.toMachine },
      });
      return undefined;
    case 'carrier':
      await setCarriers({ cluster, booted }, actor(cast, deed.node), deed);
      return undefined;
    case 'api-servers':
      for (const name of serverNames(cluster, booted, deed.servers))
        await booted.lan.setApiServer(name, deed.mode);
      return undefined;
    case 'wait':
      await pause(deed.seconds * 1000, undefined, { signal: host.signal });
      return undefined;
  }
}

/** API servers of the first service, by their names on the LAN. */
export function serverNames(
  { services }: ClusterModel,
  { lan }: Pick<BootedCluster, 'lan'>,
  servers: ServerRef,
): readonly string[] {
  const backends = services[0]?.backends ?? [];
  return backends
    .slice(...placesOf(servers))
    .flatMap(
      ({ address, port }) =>
        lan.plan.apiServers.find((it) => it.address === address && it.port === port)?.name ?? [],
    );
}

/** From and to, as `Array.slice` takes them. */
function placesOf(servers: ServerRef): readonly [number, number?] {
  if (servers === 'all') return [0];
  return typeof servers === 'number' ? [0, servers] : [servers.nth - 1, servers.nth];
}

function machineOf({ machines }: BootedCluster, { hostname }: NodeModel): Machine {
  const machine = machines.get(hostname);
  if (machine === undefined) throw new VipisoError('usage', `${hostname} was not switched on`);
  return machine;
}

/** Waits for the login prompt. A node that is about to take the VIP back is not asked for more: that would be measured. */
async function complaintsAfterBoot(machine: Machine): Promise<readonly string[]> {
  await machine.reach('login', BOOT_DEADLINE_MS);
  return complaintsAbout(machine.console.record, REQUIRED_SERVICES);
}

async function runInside(machine: Machine, command: string): Promise<void> {
  const { exitCode, output } = await machine.inside(command);
  if (exitCode === 0) return;
  throw new VipisoError(
    'proof-failed',
    `on ${machine.name}, "${command}" ended with exit code ${exitCode}`,
    { details: output.trimEnd().split('\n').slice(-10) },
  );
}

async function shutDown(
  machine: Machine,
  ask: (machine: Machine) => Promise<unknown>,
): Promise<void> {
  // The machine's end may overtake its answer: whether it goes off is what counts.
  void ask(machine).catch(() => undefined);
  const late = new AbortController();
  const timer = pause(OFF_DEADLINE_MS, 'late' as const, { signal: late.signal }).catch(
    () => 'off' as const,
  );
  const how = await Promise.race([machine.off.then(() => 'off' as const), timer]);
  late.abort();
  if (how === 'off') return;
  throw new VipisoError(
    'proof-failed',
    `${machine.name} did not shut down within ${OFF_DEADLINE_MS / 1000} s`,
  );
}

async function setCables(
  { lan }: BootedCluster,
  node: NodeModel,
  cable: { readonly fromMachine: LinkCondition; readonly toMachine: LinkCondition },
): Promise<void> {
  for (const { name } of cardsOf(node.interfaces))
    await lan.setCable(`${node.hostname}/${name}`, cable);
}

async function setCarriers(
  { cluster, booted }: Stage,
  node: NodeModel,
  { cards, up }: Extract<Deed, { do: 'carrier' }>,
): Promise<void> {
  const members = carrierOf(cluster, node)?.bond?.members ?? [];
  const chosen = cards === 'all' ? cardsOf(node.interfaces) : members.slice(0, 1);
  const machine = machineOf(booted, node);
  for (const { name } of chosen) {
    const card = booted.cards.get(`${node.hostname}/${name}`);
    if (card !== undefined) await machine.setCarrier(card, up);
  }
}
