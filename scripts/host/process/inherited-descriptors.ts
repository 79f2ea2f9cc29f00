import { readFileSync, readdirSync } from 'node:fs';

/** O_CLOEXEC in the octal flags of proc_pid_fdinfo(5). */
const CLOSE_ON_EXEC = 0o2000000;
const STREAMS = 3;

let found: readonly number[] | undefined;

/**
 * Descriptors behind the three streams that whoever started this process left open in it: a shell's, a job server's, one
 * with a secret. Node marks those that it opens itself as not to be inherited; these it would hand on to every program.
 */
export function inheritedDescriptors(): readonly number[] {
  found ??= listInherited();
  return found;
}

function listInherited(): readonly number[] {
  try {
    return readdirSync('/proc/self/fdinfo')
      .map(Number)
      .filter((descriptor) => descriptor >= STREAMS && isInheritable(descriptor))
      .sort((a, b) => a - b);
  } catch {
    // No /proc (another Unix): nothing can be told of them.
    return [];
  }
}

function isInheritable(descriptor: number): boolean {
  try {
    const info = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8');
    const flags = /^flags:\s*([0-7]+)$/m.exec(info)?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    // It was that of the listing itself.
    return false;
  }
}
