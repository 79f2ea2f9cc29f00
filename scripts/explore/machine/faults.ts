import type { ExploreSettings } from '../settings.ts';
import { judge } from './events.ts';
import { isRunning } from './rules.ts';
import { freshNode } from './state.ts';
import type { State } from './state.ts';
import type { Phase } from './timers.ts';

/** What is done to a node. */
export const NODE_FAULTS = [
  'cut-power',
  'power-on',
  /** The hypervisor holds the machine, as for a snapshot, and lets it go on. */
  'pause',
  'resume',
  'kill-haproxy',
  'start-haproxy',
  'hang-haproxy',
  'wake-haproxy',
  /** Clients take all places of the frontend, and go away. */
  'fill-haproxy',
  'drain-haproxy',
  /** The node's cable loses every frame in one direction; the carrier stays. */
  'cut-out',
  'mend-out',
  'cut-in',
  'mend-in',
] as const;
export type NodeFault = (typeof NODE_FAULTS)[number];

/** A fault or a repair. Nodes are indices by rank. */
export type Fault =
  | { readonly do: NodeFault; readonly node: number }
  /** Adverts of `node` no longer reach `other`, or do again; all else passes. */
  | { readonly do: 'lose-adverts' | 'pass-adverts'; readonly node: number; readonly other: number }
  /** A script of the node's own begins to fail, or to succeed. */
  | { readonly do: 'fail-script' | 'mend-script'; readonly node: number; readonly script: number }
  /** What a script asks on all nodes stops answering, or answers again. */
  | { readonly do: 'fail-target' | 'mend-target'; readonly script: number };

/** What can happen next, in a fixed order. */
export function faultsIn(settings: ExploreSettings, state: State): readonly Fault[] {
  const nodes = state.nodes.map((_, index) => index);
  return [
    ...nodes.flatMap((node) => nodeFaults(settings, state, node)),
    ...nodes.flatMap((node) =>
      nodes.flatMap((other): Fault[] =>
        node === other
          ? []
          : [
              {
                do: state.passes[node]?.[other] === true ? 'lose-adverts' : 'pass-adverts',
                node,
                other,
              },
            ],
      ),
    ),
    ...scriptFaults(settings, state),
  ];
}

function nodeFaults({ check }: ExploreSettings, state: State, index: number): Fault[] {
  const node = state.nodes[index];
  if (node === undefined) return [];
  const of = (...faults: NodeFault[]): Fault[] => faults.map((it) => ({ do: it, node: index }));
  const cables = of(node.out ? 'cut-out' : 'mend-out', node.in ? 'cut-in' : 'mend-in');
  if (node.power === 'off') return [...of('power-on'), ...cables];
  if (node.power === 'paused') return [...of('cut-power', 'resume'), ...cables];
  const haproxy: Record<typeof node.haproxy, Fault[]> = {
    well: [
      ...of('kill-haproxy'),
      // What the check cannot see changes nothing.
      ...(check.asks === 'process' ? [] : of('hang-haproxy')),
      ...(check.asks === 'frontend' ? of('fill-haproxy') : []),
    ],
    dead: of('start-haproxy'),
    hung: of('wake-haproxy'),
    full: of('drain-haproxy', 'kill-haproxy'),
  };
  return [...of('cut-power', 'pause'), ...haproxy[node.haproxy], ...cables];
}

function scriptFaults({ scripts }: ExploreSettings, state: State): Fault[] {
  return scripts.flatMap(({ scope }, script): Fault[] => {
    if (scope === 'lan')
      return [{ do: state.lanScripts[script] === true ? 'fail-target' : 'mend-target', script }];
    return state.nodes.flatMap(({ power, scripts: finds }, node): Fault[] =>
      power === 'on'
        ? [{ do: finds[script] === true ? 'fail-script' : 'mend-script', node, script }]
        : [],
    );
  });
}

type Tell = (node: number, text: string) => void;

/** Does a fault to a state, with what follows at the same instant. */
export function inflict(
  settings: ExploreSettings,
  state: State,
  fault: Fault,
  { phase, tell }: { readonly phase: Phase; readonly tell: Tell },
): void {
  if (!('node' in fault)) {
    state.lanScripts[fault.script] = fault.do === 'mend-target';
  } else if ('script' in fault) {
    const finds = state.nodes[fault.node]?.scripts;
    if (finds !== undefined) finds[fault.script] = fault.do === 'mend-script';
  } else if ('other' in fault) {
    const row = state.passes[fault.node];
    if (row !== undefined) row[fault.other] = fault.do === 'pass-adverts';
  } else {
    inflictOnNode(settings, state, { do: fault.do, index: fault.node }, { phase, tell });
  }
}

function inflictOnNode(
  settings: ExploreSettings,
  state: State,
  { do: fault, index }: { readonly do: NodeFault; readonly index: number },
  { phase, tell }: { readonly phase: Phase; readonly tell: Tell },
): void {
  const node = state.nodes[index];
  if (node === undefined) return;
  const seen = (good: boolean): void => {
    if (!settings.check.trackProcess || node.processGood === good) return;
    node.processGood = good;
    if (isRunning(node)) judge(settings, state, index, tell);
  };
  switch (fault) {
    case 'cut-power':
      node.power = 'off';
      state.timers = state.timers.filter((timer) => timer.node !== index);
      return;
    case 'power-on': {
      const { out, in: inward, scripts } = node;
      state.nodes[index] = { ...freshNode(scripts.length), out, in: inward, scripts };
      startKeepalived(settings, state, index);
      return;
    }
    case 'pause':
      node.power = 'paused';
      return;
    case 'resume':
      node.power = 'on';
      // Its down timer ran out in the pause: keepalived may see that before it hears the next advert.
      if (node.vrrp === 'BACKUP' && phase === 'late')
        state.timers.push({ kind: 'down', node: index, other: -1, left: 0 });
      return;
    case 'kill-haproxy':
      node.haproxy = 'dead';
      seen(false);
      return;
    case 'start-haproxy':
      node.haproxy = 'well';
      seen(true);
      return;
    case 'hang-haproxy':
      node.haproxy = 'hung';
      return;
    case 'fill-haproxy':
      node.haproxy = 'full';
      return;
    case 'wake-haproxy':
    case 'drain-haproxy':
      node.haproxy = 'well';
      return;
    case 'cut-out':
    case 'mend-out':
      node.out = fault === 'mend-out';
      return;
    case 'cut-in':
    case 'mend-in':
      node.in = fault === 'mend-in';
  }
}

/** With `state MASTER` it does not wait for adverts of others first. */
export function startKeepalived(settings: ExploreSettings, state: State, index: number): void {
  if (settings.nodes[index]?.startsAs === 'MASTER')
    state.timers.push({ kind: 'down', node: index, other: -1, left: 0 });
}
