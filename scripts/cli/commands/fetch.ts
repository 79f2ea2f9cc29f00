import { Command, InvalidArgumentError } from 'commander';
import { formatBytes } from '../../core/format-bytes.ts';
import { shellQuote } from '../../host/process/shell-quote.ts';
import type { Mirror } from '../../packages/mirror.ts';
import { absolutePath } from '../paths.ts';
import type { CliContext } from '../context.ts';
import { repositoryOption, sourceFlagsOf } from '../repository-options.ts';

interface FetchFlags {
  readonly repository: readonly string[];
  readonly offline?: boolean;
  readonly mirror?: string;
  readonly signingKey?: string;
  readonly rateLimit?: number;
  readonly json?: boolean;
}

export function fetchCommand(context: CliContext): Command {
  return new Command('fetch')
    .description('bring every package that the lock names into the cache, each byte verified')
    .argument('[file]', 'cluster file', 'cluster.yaml')
    .addOption(repositoryOption())
    .option('--offline', 'never touch the network: only verify what folders and the cache hold')
    .option(
      '--mirror <dir>',
      'also lay the packages out as Alpine repositories that any apk can use, signed by your key',
    )
    .option('--signing-key <file>', 'private key that signs the mirror (default: that of builds)')
    .option('--rate-limit <bytes>', 'download at most this many bytes per second: 500k, 2M', rate)
    .option('--json', 'events and results as JSON lines')
    .action(async (file: string, flags: FetchFlags) => {
      const { host, print, result } = context.open(flags);
      const { fetchClusterFile } = await import('../../workflows/fetch.ts');
      const fetched = await fetchClusterFile(host, {
        clusterFile: file,
        sources: await sourceFlagsOf(host, flags),
        mirror: absolutePath(host, flags.mirror),
        signingKey: absolutePath(host, flags.signingKey),
      });
      result('fetch', { ...fetched });
      print(
        [
          `${fetched.packages} packages, ${formatBytes(fetched.bytes)}: all there and verified`,
          ...(fetched.mirror === undefined ? [] : [mirrorLine(fetched.mirror)]),
        ].join('\n'),
      );
    });
}

/** Absolute paths: apk looks for a relative `--keys-dir` below its root, not below the working directory. */
function mirrorLine({ keys, repositories }: Mirror): string {
  const places = repositories.map((place) => `-X ${shellQuote(place)}`).join(' ');
  return `mirror: apk add --keys-dir ${shellQuote(keys)} ${places} PACKAGE`;
}

const UNITS = { '': 1, k: 1000, M: 1_000_000, G: 1_000_000_000 } as const;
/** Less would make servers, and our own watch over slow ones, give up. */
const LEAST_RATE = 10_000;

function rate(text: string): number {
  const [, digits, unit] = /^(\d{1,9})([kMG]?)$/.exec(text) ?? [];
  const bytes = Number(digits) * UNITS[(unit ?? '') as keyof typeof UNITS];
  if (bytes >= LEAST_RATE) return bytes;
  throw new InvalidArgumentError('Bytes per second are expected, from 10k on: 500k, 2M.');
}
