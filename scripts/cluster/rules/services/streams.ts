import { secondsOf } from '../../expectations/haproxy-time.ts';
import { lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import type { Rule } from '../rule.ts';

const HOUR = 3600;

/**
 * Timeouts that cut streams which are silent for long: exec, logs, watch. Once a connection is through, `timeout tunnel`
 * rules alone, and those for client and server count no more (HAProxy's configuration manual, "timeout tunnel").
 */
export const streams: Rule = ({ file, cluster }) => {
  const shared = file.haproxy?.timeouts?.tunnel;
  const heirs = file.services.some(({ timeouts }) => timeouts?.tunnel === undefined);
  return [
    ...(heirs ? short(shared, ['haproxy', 'timeouts']) : []),
    ...cluster.services.flatMap(({ timeouts }, index) =>
      short(timeouts?.tunnel, ['services', index, 'timeouts']),
    ),
  ];
};

function short(value: string | undefined, base: DocumentPath): readonly LintFinding[] {
  if (value === undefined || secondsOf(value) >= HOUR) return [];
  const message = `timeout tunnel ${value} cuts kubectl exec, logs -f and watch streams that are silent for longer`;
  const hint = 'Use an hour or more; the default is 86400s.';
  return [lintWarning('streams', [...base, 'tunnel'], message, hint)];
}
