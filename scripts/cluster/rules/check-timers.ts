import { lintError } from '../findings/finding.ts';
import type { Rule } from './rule.ts';

/** A check of haproxy that may outlive its own interval: keepalived starts the next beside it. */
export const checkTimers: Rule = ({ file, cluster }) => {
  const { interval, timeout } = cluster.vrrp.check;
  if (timeout === undefined || timeout <= interval) return [];
  const written = file.vrrp;
  const check = Array.isArray(written) ? undefined : written.check;
  const key = check?.timeout === undefined ? 'interval' : 'timeout';
  const message = `the check of haproxy may take ${timeout} s, but the next one starts after ${interval} s: two of them run at a time, and their verdicts overtake each other`;
  return [
    lintError(
      'check-timers',
      ['vrrp', 'check', key],
      message,
      `Use a timeout of ${interval} or less, or an interval of ${timeout} or more.`,
    ),
  ];
};
