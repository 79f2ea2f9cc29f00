import { setTimeout as pause } from 'node:timers/promises';
import type { BootedCluster } from '../../boot/boot-cluster.ts';
import { complaintsAbout } from '../../boot/console/verdict.ts';
import { GOOD_LINK } from '../../boot/lan/link.ts';
import type { LinkCondition } from '../../boot/lan/link.ts';
import type { Machine } from '../../boot/machine.ts';
import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import { cardsOf, carrierOf } from '../../cluster/network/cards.ts';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import type { AssignedAction } from './node-roles.ts';
import { serverNames } from './server-names.ts';

export const BOOT_DEADLINE_MS = 400_000;
const OFF_DEADLINE_MS = 60_000;
export const REQUIRED_SERVICES: readonly string[] = ['haproxy', 'keepalived'];

/** What actions are done to. */
export interface FaultTarget {
  readonly cluster: ClusterModel;
  readonly booted: BootedCluster;
}

/** A machine that was switched on: complaints about its boot, when that has come to its end. */
export interface Booting {
  readonly complaints: Promise<readonly string[]>;
}

/** @returns what goes on after the action is done */
export async function executeAction(
  host: Host,
  { cluster, booted }: FaultTarget,
  action: AssignedAction,
): Promise<Booting | undefined> {
  switch (action.do) {
    case 'cut-power':
      await machineOf(booted, action.node).cutPower();
      return undefined;
    case 'power-on':
      return {
        complaints: complaintsAfterBoot(await booted.powerOn(action.node.hostname)),
      };
    case 'shut-down':
      await shutDown(machineOf(booted, action.node), (machine) =>
        machine.inside('poweroff', OFF_DEADLINE_MS),
      );
      return undefined;
    case 'press-power-button':
      await shutDown(machineOf(booted, action.node), (machine) => machine.pressPowerButton());
      return undefined;
    case 'run':
      await runInside(machineOf(booted, action.node), action.command);
      return undefined;
    case 'cable':
      await setCables(booted, action.node, {
        fromMachine: { ...GOOD_LINK, ...action.fromMachine },
        toMachine: { ...GOOD_LINK, ...action.toMachine },
      });
      return undefined;
    case 'carrier':
      await setCarriers({ cluster, booted }, action.node, action);
      return undefined;
    case 'api-servers':
      for (const name of serverNames(cluster, booted, action.servers))
        await booted.lan.setApiServer(name, action.mode);
      return undefined;
    case 'name-server':
      await booted.lan.setNameServer(action.mode);
      return undefined;
    case 'wait':
      await pause(action.seconds * 1000, undefined, { signal: host.signal });
      return undefined;
  }
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
  { cluster, booted }: FaultTarget,
  node: NodeModel,
  { cards, up }: Extract<AssignedAction, { do: 'carrier' }>,
): Promise<void> {
  const members = carrierOf(cluster, node)?.bond?.members ?? [];
  const chosen = cards === 'all' ? cardsOf(node.interfaces) : members.slice(0, 1);
  const machine = machineOf(booted, node);
  for (const { name } of chosen) {
    const card = booted.cards.get(`${node.hostname}/${name}`);
    if (card !== undefined) await machine.setCarrier(card, up);
  }
}
