import { formatDuration } from '../../core/format-duration.ts';
import cliProgress from 'cli-progress';
import type { SingleBar } from 'cli-progress';
import type { ProgressEvent } from '../../core/events.ts';
import type { Reporter, ReporterStreams } from './reporter.ts';
import { formatAmount } from './units.ts';

interface RunningStep {
  readonly title: string;
  readonly startedAt: number;
  readonly bar: SingleBar;
}

const FORMAT = '{mark} {title} {bar} {amount} {eta_text}';
const MARKS = { done: '✔', cached: '✔', failed: '✖' } as const;

/** Bars with amount and time left on a terminal; finished steps stay above them as lines. */
export function ttyReporter({ stderr, now }: ReporterStreams): Reporter {
  const bars = new cliProgress.MultiBar({
    stream: stderr,
    format: FORMAT,
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    forceRedraw: true,
    barCompleteChar: '━',
    barIncompleteChar: '─',
    emptyOnZero: true,
  });
  const steps = new Map<string, RunningStep>();
  const say = (line: string) => {
    if (steps.size + statuses.size > 0) bars.log(`${line}\n`);
    else stderr.write(`${line}\n`);
  };

  const onStart = (event: Extract<ProgressEvent, { type: 'step-start' }>) => {
    const bar = bars.create(event.total ?? 0, 0, {
      mark: '…',
      title: event.title,
      amount: '',
      eta_text: '',
      unit: event.unit,
    });
    steps.set(event.id, { title: event.title, startedAt: now(), bar });
  };

  const onProgress = (
    event: Extract<ProgressEvent, { type: 'step-progress' }>,
    unit: 'bytes' | 'items',
  ) => {
    const running = steps.get(event.id);
    if (running === undefined) return;
    if (event.total !== undefined) running.bar.setTotal(event.total);
    running.bar.update(event.done, {
      amount: formatAmount(event.done, unit),
      eta_text: timeLeft(now() - running.startedAt, event.done, running.bar.getTotal()),
    });
  };

  const onEnd = (event: Extract<ProgressEvent, { type: 'step-end' }>) => {
    const running = steps.get(event.id);
    if (running === undefined) return;
    steps.delete(event.id);
    bars.remove(running.bar);
    const facts = [
      event.summary,
      event.outcome === 'cached' ? 'cached' : undefined,
      formatDuration(now() - running.startedAt),
    ];
    const line = `${MARKS[event.outcome]} ${running.title}  ${facts.filter((fact) => fact !== undefined).join(' · ')}`;
    if (steps.size + statuses.size === 0) bars.stop();
    say(line);
  };

  const statuses = new Map<string, SingleBar>();
  const onStatus = ({ id, text }: Extract<ProgressEvent, { type: 'status' }>) => {
    const line = statuses.get(id);
    if (text === '') {
      statuses.delete(id);
      if (line !== undefined) bars.remove(line);
    } else if (line === undefined) {
      statuses.set(id, bars.create(0, 0, { text }, { format: '  {text}' }));
    } else line.update({ text });
  };

  const units = new Map<string, 'bytes' | 'items'>();
  const report = (event: ProgressEvent): void => {
    switch (event.type) {
      case 'step-start':
        units.set(event.id, event.unit ?? 'items');
        onStart(event);
        break;
      case 'step-progress':
        onProgress(event, units.get(event.id) ?? 'items');
        break;
      case 'step-end':
        onEnd(event);
        break;
      case 'note':
        say(event.level === 'warning' ? `warning: ${event.text}` : event.text);
        break;
      case 'status':
        onStatus(event);
        break;
      case 'result':
        break;
    }
  };
  return {
    report,
    close: () => {
      bars.stop();
    },
  };
}

/** Linear estimate; empty until there is something to estimate from. */
function timeLeft(elapsedMs: number, done: number, total: number): string {
  if (done <= 0 || total <= done) return '';
  return `${formatDuration((elapsedMs / done) * (total - done))} left`;
}
