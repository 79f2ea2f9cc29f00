import { copyState } from '../machine/state.ts';
import type { State } from '../machine/state.ts';
import type { Condition } from '../search/conditions.ts';
import type { GroupFinding } from '../search/explore-group.ts';
import { runFault, startUp } from '../search/run.ts';
import type { ExploreSettings } from '../settings.ts';
import { faultDocument } from './trace-document.ts';
import type { FaultDocument } from './trace-document.ts';

const MEANING: Readonly<Record<Condition, string>> = {
  'no-holder': 'nobody holds the VIP, though a node could serve',
  'useless-holder':
    'only a node without a working haproxy holds the VIP, though another one could serve',
  'two-holders': 'two nodes that reach each other hold the VIP',
  'not-announced': 'one node holds the VIP, and the LAN sends to another place',
  'false-alarm': 'the check counts an haproxy as dead that serves',
};

/** A finding in one line. */
export function findingText({ condition, lastsMs, allowedMs }: GroupFinding): string {
  const lasts =
    lastsMs === Infinity
      ? 'for good'
      : `for ${seconds(lastsMs)} (the timers allow ${seconds(allowedMs)})`;
  return `${MEANING[condition]}, ${lasts}`;
}

/** What happens in a trace, one line each; times count from the first fault. */
export function timelineOf(settings: ExploreSettings, { trace }: GroupFinding): readonly string[] {
  const lines: string[] = [];
  let state: State | undefined;
  let begin = 0;
  startUp(settings, { visit: (at) => (state = copyState(at)) });
  trace.forEach((step, index) => {
    if (state === undefined) return;
    const next = trace[index + 1];
    const told: { at: number; text: string }[] = [];
    let end = 0;
    const from = state;
    runFault(settings, from, step, {
      tell: (at, node, text) =>
        told.push({ at, text: `${settings.nodes[node]?.hostname ?? ''} ${text}` }),
      visit: (seen, at) => {
        if (at !== next?.afterMs) return;
        state = copyState(seen);
        end = at ?? told.at(-1)?.at ?? 0;
      },
    });
    lines.push(line(begin, `FAULT ${faultText(faultDocument(settings, step.fault))}`));
    const shown = told.filter(({ at }) => next === undefined || at <= end);
    lines.push(...shown.map(({ at, text }) => line(begin + at, text)));
    begin += end;
  });
  return lines;
}

/** `power of lb-1 cut`. */
export function faultText(fault: FaultDocument): string {
  switch (fault.do) {
    case 'cut-power':
      return `power of ${fault.node} cut`;
    case 'power-on':
      return `${fault.node} switched on`;
    case 'pause':
      return `${fault.node} paused by its hypervisor`;
    case 'resume':
      return `${fault.node} goes on`;
    case 'kill-haproxy':
      return `haproxy of ${fault.node} killed`;
    case 'start-haproxy':
      return `haproxy of ${fault.node} started`;
    case 'hang-haproxy':
      return `haproxy of ${fault.node} hangs`;
    case 'wake-haproxy':
      return `haproxy of ${fault.node} no longer hangs`;
    case 'fill-haproxy':
      return `clients take all places of the frontend of ${fault.node}`;
    case 'drain-haproxy':
      return `the clients of ${fault.node} go away`;
    case 'cut-out':
    case 'mend-out':
      return `link of ${fault.node} outward ${fault.do === 'cut-out' ? 'cut' : 'mended'}`;
    case 'cut-in':
    case 'mend-in':
      return `link of ${fault.node} inward ${fault.do === 'cut-in' ? 'cut' : 'mended'}`;
    case 'lose-adverts':
      return `adverts of ${fault.node} no longer reach ${fault.other}`;
    case 'pass-adverts':
      return `adverts of ${fault.node} reach ${fault.other} again`;
    case 'fail-script':
    case 'mend-script':
      return `script ${fault.script} ${fault.do === 'fail-script' ? 'fails' : 'succeeds again'} on ${fault.node}`;
    case 'fail-target':
    case 'mend-target':
      return `what ${fault.script} asks ${fault.do === 'fail-target' ? 'stops answering' : 'answers again'}`;
  }
}

function line(at: number, text: string): string {
  return `${seconds(at).padStart(9)}  ${text}`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
