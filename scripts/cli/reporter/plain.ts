import { formatDuration } from '../../core/format-duration.ts';
import type { ProgressEvent } from '../../core/events.ts';
import type { Reporter, ReporterStreams } from './reporter.ts';
import { formatAmount } from './units.ts';

/** A step that lasts longer than this says how far it is, so that a CI log never looks hung. */
const PROGRESS_EVERY_MS = 10_000;

interface RunningStep {
  readonly title: string;
  readonly unit: 'bytes' | 'items' | undefined;
  readonly startedAt: number;
  total: number | undefined;
  lastSaidAt: number;
}

const MARKS = { done: 'ok', cached: 'ok (cached)', failed: 'FAILED' } as const;

/** One line per fact on standard error; no control sequences. */
export function plainReporter({ stderr, now }: ReporterStreams): Reporter {
  const steps = new Map<string, RunningStep>();
  const say = (line: string) => stderr.write(`${line}\n`);

  const onProgress = (event: Extract<ProgressEvent, { type: 'step-progress' }>) => {
    const running = steps.get(event.id);
    if (running === undefined) return;
    running.total = event.total ?? running.total;
    if (now() - running.lastSaidAt < PROGRESS_EVERY_MS) return;
    running.lastSaidAt = now();
    const of =
      running.total === undefined ? '' : ` of ${formatAmount(running.total, running.unit)}`;
    say(`   ${running.title}: ${formatAmount(event.done, running.unit)}${of}`);
  };

  const onEnd = (event: Extract<ProgressEvent, { type: 'step-end' }>) => {
    const running = steps.get(event.id);
    if (running === undefined) return;
    steps.delete(event.id);
    const summary = event.summary === undefined ? '' : `: ${event.summary}`;
    say(
      `${MARKS[event.outcome]}  ${running.title}${summary} (${formatDuration(now() - running.startedAt)})`,
    );
  };

  const report = (event: ProgressEvent): void => {
    switch (event.type) {
      case 'step-start':
        steps.set(event.id, {
          title: event.title,
          unit: event.unit,
          total: event.total,
          startedAt: now(),
          lastSaidAt: now(),
        });
        say(`..  ${event.title}`);
        break;
      case 'step-progress':
        onProgress(event);
        break;
      case 'step-end':
        onEnd(event);
        break;
      case 'note':
        say(event.level === 'warning' ? `warning: ${event.text}` : event.text);
        break;
      case 'status':
      case 'result':
        break;
    }
  };
  return { report, close: () => undefined };
}
