import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Names of temporary files carry their owner, so that a later run can tell the leftovers of a killed run
 * from the work of a living one. A token is `<pid namespace>.<pid>.<start time>`: a pid alone is reused by
 * other processes and means nothing in another container that shares the folder.
 */
export function ownerToken(): string {
  own ??= `${pidNamespace()}.${process.pid}.${startTime(process.pid) ?? '0'}`;
  return own;
}

let own: string | undefined;

/** A token with the random part that ends a name; what is before it may end in digits too. */
const OWNER_PATTERN = /(?<![^.-])(\d+)\.(\d+)\.(\d+)-[0-9a-f]+$/;

/**
 * Whether the process that made a name (`<anything><token>-<random>`) still lives; `unknown` for names from
 * another pid namespace.
 */
export function ownerState(name: string): 'alive' | 'dead' | 'unknown' {
  const [, namespace, pid, started] = OWNER_PATTERN.exec(name) ?? [];
  if (namespace === undefined || pid === undefined || namespace !== pidNamespace())
    return 'unknown';
  if (!isRunning(Number(pid))) return 'dead';
  return startTime(Number(pid)) === started || namespace === '0' ? 'alive' : 'dead';
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    // No /proc (another Unix): all processes are taken as one namespace, judged by pid alone.
    return '0';
  }
}

/** Field 22 of proc_pid_stat(5): clock ticks from boot to the start of the process; undefined for a zombie. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : fields[18];
  } catch {
    // The process is gone, or there is no /proc: either way its start is not known.
    return undefined;
  }
}
