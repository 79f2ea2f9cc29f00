import { formatBytes } from '../../core/format-bytes.ts';

/** How much a program and all that it starts may take; what is absent has no limit. */
export interface ToolLimits {
  /** Processes and threads at the same time. */
  readonly tasks: number;
  /** Bytes of memory: the address space of each process, and what all of them together hold. */
  readonly memory: number;
  /** Bytes of one file, and what the writable folders may grow by. */
  readonly disk: number;
  /** Absolute paths of the folders that it may write to. */
  readonly writable: readonly string[];
}

/** One unit of `ulimit -f` in POSIX shells. */
const BLOCK_BYTES = 512;
const KIB = 1024;

/** A limit that is lower already stays as it is, and no account may raise it. */
const SCRIPT = `
ulimit -c 0 2>/dev/null || :
ulimit -v "$1" 2>/dev/null || :
ulimit -f "$2" 2>/dev/null || :
shift 2
exec "$@"`;

/** Arguments of sh(1) that start a program under the limits which the kernel keeps for each process (getrlimit(2)). */
export function underLimits(
  { memory, disk }: Pick<ToolLimits, 'memory' | 'disk'>,
  program: string,
  args: readonly string[],
): string[] {
  const amounts = [Math.floor(memory / KIB), Math.floor(disk / BLOCK_BYTES)].map(String);
  return ['-c', SCRIPT, 'sh', ...amounts, program, ...args];
}

/** What was too much, for messages. */
export function overLimit(what: 'tasks' | 'memory' | 'disk', limits: ToolLimits): string {
  switch (what) {
    case 'tasks':
      return `it had more than ${limits.tasks} processes and threads`;
    case 'memory':
      return `it held more than ${formatBytes(limits.memory)} of memory`;
    case 'disk':
      return `it filled more than ${formatBytes(limits.disk)} of disk`;
  }
}
