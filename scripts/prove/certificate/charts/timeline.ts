import type { FaultReport, RequestSeries, TimelineEvent, Topology } from '../document.ts';
import { counted, formatSeconds } from '../wording.ts';
import { laneLabel, rect, text } from './marks.ts';
import type { Drawing, Mark } from './marks.ts';
import { latencyLine, runsOf, withoutFlicker } from './request-runs.ts';
import type { RunState } from './request-runs.ts';
import { TimeScale } from './time-scale.ts';
import type { Window } from './time-scale.ts';

/** Pixels from the top. */
const BADGES = 14;
const OUTAGE_LABELS = 38;
const FIRST_LANE = 48;
const LANE = 42;
const SERIES = 84;
/** Nearer marks than this share of the width would cover each other on a phone. */
const CROWDED = 7;
const LABEL_CROWDED = 22;

const HEIGHTS: Readonly<Record<RunState, number>> = { answered: 8, mixed: 12, lost: 16 };
const STATES: Readonly<Record<RunState, string>> = {
  answered: 'answered',
  mixed: 'some not answered',
  lost: 'not answered',
};

/** A step of the proof, by its number in the chart and in the list under it. */
export interface NumberedStep {
  readonly number: number;
  readonly at: number;
  readonly text: string;
}

export function stepsOf(fault: FaultReport): readonly NumberedStep[] {
  return fault.timeline
    .filter(({ kind }) => kind === 'step')
    .map(({ at, text: words }, i) => ({ number: i + 1, at, text: words }));
}

/**
 * Who was master, and what a client saw: a lane for each node, one for each client's requests.
 *
 * @param about id: unique in the page; window: what part of the report is drawn
 */
export function timelineChart(
  fault: FaultReport,
  nodes: Topology['nodes'],
  about: { readonly id: string; readonly title: string; readonly window: Window },
): Drawing {
  const scale = new TimeScale(about.window);
  const firstSeries = FIRST_LANE + nodes.length * LANE;
  const bottom = firstSeries + fault.requestSeries.length * SERIES;
  return {
    id: about.id,
    title: about.title,
    description: describe(fault),
    look: 'chart timeline',
    height: bottom + 20,
    viewBox: '',
    labels: [
      ...nodes.flatMap(({ hostname, role, priority }, i) =>
        laneLabel(hostname, `${role} ${priority}`, FIRST_LANE + i * LANE, 14),
      ),
      ...fault.requestSeries.flatMap((series, i) =>
        seriesLabels(series, scale, firstSeries + i * SERIES),
      ),
    ],
    marks: [
      ...outageShades(fault, scale, bottom),
      ...scale.axis(FIRST_LANE - 4, bottom),
      ...nodes.flatMap((node, i) => nodeLane(fault, node, scale, FIRST_LANE + i * LANE)),
      ...fault.requestSeries.flatMap((series, i) =>
        seriesLane(series, scale, firstSeries + i * SERIES),
      ),
      ...stepMarks(stepsOf(fault), scale, bottom),
      ...outageLabels(fault, scale),
    ],
  };
}

function describe(fault: FaultReport): string {
  const until = (at: number | undefined): string =>
    at === undefined ? 'to the end' : `until ${formatSeconds(at / 1000)}`;
  const masters = fault.masterPeriods.map(
    (it) => `${it.node} was master from ${formatSeconds(it.from / 1000)} ${until(it.until)}`,
  );
  const outages = fault.outages.map(
    (it) => `no answers from ${formatSeconds(it.from / 1000)} ${until(it.until)}`,
  );
  return [...masters, ...(outages.length === 0 ? ['all requests answered'] : outages)]
    .join('; ')
    .concat('.');
}

/** Outages that are nearer to each other than this share of the width are one shade. */
const SHADE_CROWDED = 1.5;

interface Shade {
  readonly from: number;
  readonly until: number;
  /** Milliseconds without answers in it, and in how many outages. */
  readonly lost: number;
  readonly outages: number;
  readonly ended: boolean;
}

/** Where one of several API servers is gone, outages of single requests follow each other closely. */
function shadesOf(fault: FaultReport, scale: TimeScale): readonly Shade[] {
  const shades: Shade[] = [];
  for (const { from, until = fault.durationMs, ...rest } of fault.outages.map((it) => ({
    ...it,
    ended: it.until !== undefined,
  }))) {
    if (!scale.shows(from, until)) continue;
    const last = shades.at(-1);
    const shade = { from, until, lost: until - from, outages: 1, ...rest };
    if (last === undefined || scale.share(from) - scale.share(last.until) > SHADE_CROWDED)
      shades.push(shade);
    else {
      const [lost, outages] = [last.lost + shade.lost, last.outages + 1];
      shades[shades.length - 1] = { ...shade, from: last.from, lost, outages };
    }
  }
  return shades;
}

function outageShades(fault: FaultReport, scale: TimeScale, bottom: number): readonly Mark[] {
  return shadesOf(fault, scale).map(({ from, until }) =>
    rect('outage', scale.stretch(from, until), [FIRST_LANE - 4, bottom - FIRST_LANE + 4]),
  );
}

function outageLabels(fault: FaultReport, scale: TimeScale): readonly Mark[] {
  let before = -LABEL_CROWDED;
  return shadesOf(fault, scale).flatMap((shade): readonly Mark[] => {
    const { from, until } = shade;
    const share = (scale.share(from) + scale.share(until)) / 2;
    if (share - before < LABEL_CROWDED) return [];
    before = share;
    const anchor = share < 12 ? 'start' : share > 88 ? 'end' : 'middle';
    const x = anchor === 'start' ? from : anchor === 'end' ? until : (from + until) / 2;
    return [text('outage-label', scale.x(x), OUTAGE_LABELS, shadeText(shade), anchor)];
  });
}

function shadeText({ lost, outages, ended }: Shade): string {
  const seconds = formatSeconds(lost / 1000);
  if (outages > 1) return `${seconds} in ${outages}`;
  return ended ? seconds : `${seconds}, to the end`;
}

function nodeLane(
  fault: FaultReport,
  node: Topology['nodes'][number],
  scale: TimeScale,
  top: number,
): readonly Mark[] {
  const own = fault.masterPeriods.filter((it) => it.node === node.hostname);
  const routers = [...new Set(fault.masterPeriods.map((it) => it.virtualRouterId))].sort(
    (a, b) => a - b,
  );
  const height = 14 / Math.max(1, routers.length);
  const announcements = fault.timeline.filter(
    (it) => it.kind === 'arp' && it.node === node.hostname,
  );
  return [
    rect('track', ['0%', '100%'], [top + 14, 14]),
    ...own
      .filter(({ from, until = Infinity }) => scale.shows(from, until))
      .map((it) => {
        const y = top + 14 + routers.indexOf(it.virtualRouterId) * height;
        const tip = `${node.hostname} is master of virtual router ${it.virtualRouterId}`;
        return rect(
          'master',
          scale.stretch(it.from, it.until ?? scale.window.until),
          [y, height],
          tip,
        );
      }),
    ...announcementMarks(announcements, scale, top + 30),
  ];
}

/** Daemons announce in volleys: one mark stands for those that would cover each other. */
function announcementMarks(
  events: readonly TimelineEvent[],
  scale: TimeScale,
  y: number,
): readonly Mark[] {
  const groups = grouped(
    events.filter(({ at }) => scale.shows(at)),
    scale,
    3,
  );
  return groups.map(({ at, members }) => ({
    kind: 'path',
    look: 'announcement',
    x: scale.x(at),
    y,
    d: 'M0 0l5 8h-10z',
    tip: `${counted(members.length, 'announcement')}: ${members[0]?.text ?? ''}`,
  }));
}

function seriesLane(series: RequestSeries, scale: TimeScale, top: number): readonly Mark[] {
  const shortest = ((scale.window.until - scale.window.from) * SHADE_CROWDED) / 100;
  return [
    ...withoutFlicker(runsOf(series), shortest)
      .filter((run) => scale.shows(run.from, run.until))
      .map((run) => {
        const height = HEIGHTS[run.state];
        const y = top + 22 - height / 2;
        const tip = `${STATES[run.state]}: ${run.answered} answered, ${run.failed} failed`;
        return rect(run.state, scale.stretch(run.from, run.until), [y, height], tip);
      }),
    { kind: 'curve', look: 'latency', y: top + 46, height: 24, d: latencyLine(series, scale).d },
  ];
}

function seriesLabels(series: RequestSeries, scale: TimeScale, top: number): readonly Mark[] {
  const [answered = 0, failed = 0] = [series.answered, series.failed].map((counts) =>
    counts.reduce((sum, it) => sum + it, 0),
  );
  const slowest = `${Math.round(latencyLine(series, scale).slowestMs)} ms`;
  return [
    ...laneLabel(series.target, `${failed} of ${answered + failed} failed`, top, 14),
    text('note narrow', '0%', top + 43, `slowest answer ${slowest}`),
    text('note wide', '0%', top + 62, `slowest answer ${slowest}`),
  ];
}

function stepMarks(
  steps: readonly NumberedStep[],
  scale: TimeScale,
  bottom: number,
): readonly Mark[] {
  const shown = steps.filter(({ at }) => scale.shows(at));
  return [
    ...shown.map(({ at }): Mark => ({
      kind: 'line',
      look: 'step',
      x: scale.x(at),
      from: BADGES + 8,
      to: bottom,
    })),
    ...grouped(shown, scale, CROWDED).flatMap(({ at, members }): readonly Mark[] => {
      const [first, last] = [members[0]?.number ?? 0, members.at(-1)?.number ?? 0];
      const words = first === last ? String(first) : `${first}–${last}`;
      const share = scale.share(at);
      const x = share < 3 ? 8 : share > 97 ? -8 : 0;
      const half = 8 + (words.length - 1) * 3;
      const d = `M${x - half + 8} -8h${2 * half - 16}a8 8 0 0 1 0 16h${16 - 2 * half}a8 8 0 0 1 0 -16z`;
      const tip = members.map(({ number, text: step }) => `${number}. ${step}`).join('\n');
      return [
        { kind: 'path', look: 'badge', x: scale.x(at), y: BADGES - 4, d, tip },
        text('badge-number', scale.x(at), BADGES, words, 'middle'),
      ];
    }),
  ];
}

/** Things whose places are nearer than `crowded` percent, together at the first one's. */
function grouped<Thing extends { readonly at: number }>(
  things: readonly Thing[],
  scale: TimeScale,
  crowded: number,
): readonly { readonly at: number; readonly members: readonly Thing[] }[] {
  const groups: { at: number; members: Thing[] }[] = [];
  for (const thing of things) {
    const last = groups.at(-1);
    if (last !== undefined && scale.share(thing.at) - scale.share(last.at) < crowded)
      last.members.push(thing);
    else groups.push({ at: thing.at, members: [thing] });
  }
  return groups;
}

/** How much of a report the outages may take before a close-up of them adds nothing. */
const CLOSE_UP = 0.3;

/** The part of a report that holds all its outages, where they are small in the whole. */
export function closeUp(fault: FaultReport): Window | undefined {
  const [first] = fault.outages;
  const last = fault.outages.at(-1);
  if (first === undefined || last?.until === undefined) return undefined;
  const length = last.until - first.from;
  if (length > fault.durationMs * CLOSE_UP) return undefined;
  const margin = Math.max(400, length * 0.6);
  return {
    from: Math.max(0, first.from - margin),
    until: Math.min(fault.durationMs, last.until + margin),
  };
}
