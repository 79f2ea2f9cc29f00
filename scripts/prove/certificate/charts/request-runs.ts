import type { RequestSeries } from '../document.ts';
import type { TimeScale } from './time-scale.ts';

/** answered, lost: all that was asked. mixed: some of it was answered. */
export type RunState = 'answered' | 'mixed' | 'lost';

/** Buckets of one kind that follow each other. Milliseconds since the report's beginning. */
export interface Run {
  readonly state: RunState;
  readonly from: number;
  readonly until: number;
  readonly answered: number;
  readonly failed: number;
}

/** A client that asks less often than a bucket is long leaves buckets empty: only longer pauses are gaps. */
const PAUSE_MS = 600;

/** A series's buckets, joined where they are alike: a chart of minutes becomes a handful of marks. */
export function runsOf(series: RequestSeries): readonly Run[] {
  const runs: Run[] = [];
  const count = Math.max(series.answered.length, series.failed.length);
  for (let i = 0; i < count; i += 1) {
    const [answered, failed] = [series.answered[i] ?? 0, series.failed[i] ?? 0];
    if (answered + failed === 0) continue;
    const [from, until] = [i * series.bucketMs, (i + 1) * series.bucketMs];
    addRun(runs, { state: stateOf(answered, failed), from, until, answered, failed });
  }
  return runs;
}

function addRun(runs: Run[], run: Run): void {
  const last = runs.at(-1);
  if (last === undefined || run.from - last.until > PAUSE_MS) runs.push(run);
  else if (last.state === run.state) {
    const [answered, failed] = [last.answered + run.answered, last.failed + run.failed];
    runs[runs.length - 1] = { ...last, until: run.until, answered, failed };
  } else {
    runs[runs.length - 1] = { ...last, until: run.from };
    runs.push(run);
  }
}

/** Runs too short to be seen that follow each other, as one: some of what was asked then was answered. */
export function withoutFlicker(runs: readonly Run[], shortestMs: number): readonly Run[] {
  const calm: (Run & { readonly short: boolean })[] = [];
  for (const run of runs) {
    const last = calm.at(-1);
    const short = run.until - run.from < shortestMs;
    if (last?.short === true && short && last.until === run.from) {
      const [answered, failed] = [last.answered + run.answered, last.failed + run.failed];
      const { from } = last;
      const { until } = run;
      calm[calm.length - 1] = {
        state: stateOf(answered, failed),
        from,
        until,
        answered,
        failed,
        short,
      };
    } else calm.push({ ...run, short });
  }
  return calm;
}

function stateOf(answered: number, failed: number): RunState {
  if (failed > 0) return answered > 0 ? 'mixed' : 'lost';
  return 'answered';
}

/** The line's top, at the least: a few milliseconds more or less are no news. */
const CALM_MS = 50;
/** Points across the line of the slowest answers: more than a screen shows would only cost bytes. */
const POINTS = 120;

export interface LatencyLine {
  /** In a field of 1000 by 100; empty where nothing was answered. */
  readonly d: string;
  readonly slowestMs: number;
}

/** The slowest answers in a window, as a stepped line; gaps where nothing was answered. */
export function latencyLine(series: RequestSeries, scale: TimeScale): LatencyLine {
  const columns = new Map<number, number>();
  series.slowestMs.forEach((slowest, i) => {
    const at = (i + 0.5) * series.bucketMs;
    if ((series.answered[i] ?? 0) === 0 || !scale.shows(at)) return;
    const column = Math.min(POINTS - 1, Math.floor((scale.share(at) / 100) * POINTS));
    columns.set(column, Math.max(columns.get(column) ?? 0, slowest));
  });
  const slowestMs = Math.max(0, ...columns.values());
  const height = (value: number): number =>
    Math.round(98 - (value / Math.max(slowestMs, CALM_MS)) * 94);
  const gap = widestPause(series, scale);
  let before = { column: -Infinity, height: 0 };
  let d = '';
  for (const [column, value] of columns) {
    const point = { column, height: height(value) };
    const x = Math.round(((column + 0.5) / POINTS) * 1000);
    if (column - before.column > gap) d += `M${x} ${point.height}h2`;
    else if (point.height === before.height) d += `H${x}`;
    else d += `L${x} ${point.height}`;
    before = point;
  }
  d = d.replace(/(?:H\d+)+(H\d+)/g, '$1');
  return { d, slowestMs };
}

/** Columns that a pause of the client may take: more than these between two points is a gap. */
function widestPause(series: RequestSeries, scale: TimeScale): number {
  const { from, until } = scale.window;
  return Math.max(1, Math.ceil((Math.max(series.bucketMs, PAUSE_MS) / (until - from)) * POINTS));
}
