import { Command, InvalidArgumentError } from 'commander';
import { formatBytes } from '../../core/format-bytes.ts';
import type { CliContext } from '../context.ts';

interface CacheFlags {
  readonly prune?: boolean;
  readonly unused: number;
  readonly json?: boolean;
}

const DAY_MS = 24 * 3600 * 1000;
const DEFAULT_UNUSED_DAYS = 30;

export function cacheCommand(context: CliContext): Command {
  return new Command('cache')
    .description(
      'show what the cache holds and how large it is; everything in it can be made again',
    )
    .option('--prune', 'remove what was not used for long')
    .option(
      '--unused <days>',
      'how long, with --prune; 0 empties the cache',
      days,
      DEFAULT_UNUSED_DAYS,
    )
    .option('--json', 'events and results as JSON lines')
    .action(async (flags: CacheFlags) => {
      const { host, print, result } = context.open(flags);
      const { measureCache, pruneCache } = await import('../../workflows/cache.ts');
      if (flags.prune === true) {
        const pruned = await pruneCache(host, { unusedMs: flags.unused * DAY_MS });
        result('cache-pruned', pruned);
        print(`removed ${pruned.removed} entries, ${formatBytes(pruned.bytes)}`);
      }
      const sections = await measureCache(host);
      result('cache', { folder: host.cacheFolder, sections });
      print(describe(host.cacheFolder, sections));
    });
}

type Sections = readonly {
  readonly kind: string;
  readonly entries: number;
  readonly bytes: number;
}[];

function describe(folder: string, sections: Sections): string {
  const total = sections.reduce((sum, { bytes }) => sum + bytes, 0);
  const lines = sections.map(
    ({ kind, entries, bytes }) =>
      `  ${kind.padEnd(20)} ${formatBytes(bytes).padStart(10)}  ${entries} entries`,
  );
  return [`${folder}: ${formatBytes(total)}`, ...lines].join('\n');
}

function days(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A whole number of days is expected.');
}
