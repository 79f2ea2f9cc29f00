import type { DocumentPath } from '../document-path.ts';
import type { Finding } from '../finding.ts';
import { lintWarning } from '../finding.ts';
import { secondsOf } from '../haproxy-time.ts';
import type { Rule } from './rule.ts';

const HOUR = 3600;
const STREAM_TIMEOUTS = ['client', 'server', 'tunnel'] as const;

/** Timeouts that cut streams which are silent for long: exec, logs, watch. */
export const streams: Rule = ({ file }) => [
  ...short(file.haproxy?.timeouts, ['haproxy', 'timeouts']),
  ...file.services.flatMap(({ timeouts }, index) =>
    short(timeouts, ['services', index, 'timeouts']),
  ),
];

type Timeouts = Partial<Record<(typeof STREAM_TIMEOUTS)[number], string | undefined>>;

function short(timeouts: Timeouts | undefined, base: DocumentPath): readonly Finding[] {
  return STREAM_TIMEOUTS.flatMap((name) => {
    const value = timeouts?.[name];
    if (value === undefined || secondsOf(value) >= HOUR) return [];
    const message = `timeout ${name} ${value} cuts kubectl exec, logs -f and watch streams that are silent for longer`;
    return [
      lintWarning(
        'streams',
        [...base, name],
        message,
        'Use an hour or more; the default is 86400s.',
      ),
    ];
  });
}
