import type { BootRecord } from './boot-record.ts';

/**
 * What is wrong with a boot that has come to its login prompt: every problem on its way, and every service that had
 * to be started and was not, with its last words. Empty = a good boot.
 */
export function complaintsAbout(
  record: BootRecord,
  requiredServices: readonly string[],
): readonly string[] {
  const problems = record.problems.map(({ code, line }) => `${code}: ${line.trim()}`);
  return [...problems, ...missingServices(record, requiredServices)];
}

/** Services that had to be started and were not: each with its last words, where the console told them. */
export function missingServices(record: BootRecord, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const service = record.services.get(name);
    if (service?.state === 'started') return [];
    const { lastWords = [] } = service ?? {};
    const said = lastWords.length === 0 ? '' : `: ${lastWords.join(' / ')}`;
    return [`the service ${name} was not started${said}`];
  });
}
