import type { BootReport } from '../document.ts';
import { bootName, formatSeconds } from '../wording.ts';
import { fitted, rect, text } from './marks.ts';
import type { Drawing, Mark } from './marks.ts';
import { TimeScale, wholeWindow } from './time-scale.ts';

const ROW = 26;
const TOP = 4;

interface Row {
  readonly name: string;
  readonly look: string;
  readonly from: number;
  readonly until: number;
  readonly note: string;
}

const SERVICE_LOOKS = { started: 'service', failed: 'lost', starting: 'mixed' } as const;
const SERVICE_NOTES = { started: '', failed: '✗ failed, ', starting: '… not done, ' } as const;

/**
 * A node's boot as a waterfall. A stage lasts until the next one; OpenRC starts services one by one, so a
 * service's bar begins where its start is known to have begun, else where the one before it was done.
 *
 * @param untilMs of the longest boot, so that charts beside each other have one scale
 */
export function bootChart(boot: BootReport, id: string, untilMs: number): Drawing {
  const rows = rowsOf(boot);
  const scale = new TimeScale(wholeWindow(untilMs));
  const bottom = TOP + rows.length * ROW + 2;
  const bars = rows.flatMap((row, i) => rowBar(row, scale, TOP + i * ROW));
  const labels = rows.flatMap((row, i) => rowLabel(row, TOP + i * ROW));
  const login = boot.stages.find(({ stage }) => stage === 'login');
  return {
    id,
    title: `Boot of ${bootName(boot)}`,
    description: rows.map(({ name, until }) => `${name} ${formatSeconds(until / 1000)}`).join('; '),
    look: login === undefined ? 'chart unfinished' : 'chart',
    height: bottom + 20,
    viewBox: '',
    marks: [...scale.axis(TOP, bottom), ...bars],
    labels,
  };
}

function rowsOf(boot: BootReport): readonly Row[] {
  const stages = boot.stages.toSorted((a, b) => a.at - b.at);
  const services = boot.services.toSorted((a, b) => a.at - b.at);
  const end = Math.max(0, ...[...stages, ...services].map(({ at }) => at));
  const openrc = stages.find(({ stage }) => stage === 'openrc')?.at ?? 0;
  return [
    ...stages.map(({ stage, at }, i): Row => {
      const until = stages[i + 1]?.at ?? end;
      return stage === 'login'
        ? { name: 'login prompt', look: 'moment', from: at, until: at, note: 'at ' }
        : { name: stage, look: 'stage', from: at, until, note: '' };
    }),
    ...services.map(({ service, state, at, ...known }, i): Row => {
      const from = Math.min(at, known.from ?? services[i - 1]?.at ?? openrc);
      return {
        name: service,
        look: SERVICE_LOOKS[state],
        from,
        until: at,
        note: SERVICE_NOTES[state],
      };
    }),
  ];
}

function rowBar(row: Row, scale: TimeScale, top: number): readonly Mark[] {
  return [
    rect('track', ['0%', '100%'], [top + 14, 7]),
    row.look === 'moment'
      ? rect(row.look, [scale.x(row.from), '3'], [top + 14, 7])
      : rect(row.look, scale.stretch(row.from, row.until), [top + 14, 7]),
  ];
}

function rowLabel(row: Row, top: number): readonly Mark[] {
  const moment = row.look === 'moment';
  const lasted = formatSeconds((moment ? row.from : row.until - row.from) / 1000);
  const at = moment ? '' : ` · at ${formatSeconds(row.until / 1000)}`;
  return [
    text('lane', '0%', top + 10, fitted(row.name, 24)),
    text('value', '100%', top + 10, `${row.note}${lasted}${at}`, 'end'),
  ];
}

/** When the last stage or service of a boot was reached, in milliseconds. */
export function bootEnd(boot: BootReport): number {
  return Math.max(1, ...[...boot.stages, ...boot.services].map(({ at }) => at));
}
