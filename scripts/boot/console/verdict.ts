import type { BootRecord } from './boot-record.ts';

/**
 * What is wrong with a boot that has come to its login prompt: every problem on its way, and every service that had
 * to be started and was not. Empty = a good boot.
 */
export function complaintsAbout(
  record: BootRecord,
  requiredServices: readonly string[],
): readonly string[] {
  const problems = record.problems.map(({ code, line }) => `${code}: ${line.trim()}`);
  const missing = requiredServices
    .filter((name) => record.services.get(name)?.state !== 'started')
    .map((name) => `the service ${name} was not started`);
  return [...problems, ...missing];
}
