import { readFileSync, readdirSync, statfsSync } from 'node:fs';
import { folderSize } from './folder-size.ts';
import type { ToolLimits } from './tool-limits.ts';

type Excess = 'tasks' | 'memory' | 'disk';

const INTERVAL_MS = 100;
/** Of the memory figures of proc_pid_statm(5): the architectures with larger pages count too little, never too much. */
const PAGE_BYTES = 4096;
/** A tree of so many files is too much whatever is in them. */
const MAX_FILES = 2_000_000;

/**
 * Watches over the limits that the kernel has for no tree of processes of one account: how many they are, what they hold
 * together, what they write. Root is not limited in processes at all, and an account's other programs count for
 * RLIMIT_NPROC.
 *
 * @param leader pid of a child of ours that stays the ancestor of all that it starts
 * @param stop is called once, at the first excess
 * @returns ends the watch
 */
export function watchLimits(
  leader: number,
  limits: ToolLimits,
  stop: (excess: Excess) => void,
): () => void {
  const before = limits.writable.map(freeSpace);
  let measuring = false;
  const timer = setInterval(() => {
    const excess = excessOf(leader, limits);
    if (excess !== undefined) end(excess);
    else if (!measuring && shrunk(limits, before)) {
      measuring = true;
      void outgrown(limits).then((tooLarge) => {
        measuring = false;
        if (tooLarge) end('disk');
      });
    }
  }, INTERVAL_MS);
  const end = (excess: Excess): void => {
    clearInterval(timer);
    stop(excess);
  };
  return () => clearInterval(timer);
}

function excessOf(leader: number, { tasks, memory }: ToolLimits): Excess | undefined {
  const pending = [leader];
  let seen = 0;
  let held = 0;
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    for (const thread of threadsOf(pid)) {
      if (++seen > tasks) return 'tasks';
      pending.push(...numbersIn(`/proc/${pid}/task/${thread}/children`));
    }
    held += (numbersIn(`/proc/${pid}/statm`)[1] ?? 0) * PAGE_BYTES;
    if (held > memory) return 'memory';
  }
  return undefined;
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    // It ended meanwhile.
    return [];
  }
}

function numbersIn(file: string): readonly number[] {
  try {
    return readFileSync(file, 'utf8')
      .split(/\s+/)
      .filter((word) => word !== '')
      .map(Number);
  } catch {
    // It ended meanwhile.
    return [];
  }
}

interface Free {
  readonly bytes: number;
  readonly files: number;
}

function freeSpace(folder: string): Free {
  try {
    const { bfree, bsize, ffree } = statfsSync(folder);
    return { bytes: bfree * bsize, files: ffree };
  } catch {
    // The folder is gone: the work on it will say so.
    return { bytes: Infinity, files: Infinity };
  }
}

/** Others write to the same file system: only a cheap sign that it may be worth counting. */
function shrunk({ writable, disk }: ToolLimits, before: readonly Free[]): boolean {
  return writable.some((folder, index) => {
    const now = freeSpace(folder);
    const then = before[index] ?? now;
    return then.bytes - now.bytes > disk || then.files - now.files > MAX_FILES;
  });
}

async function outgrown({ writable, disk }: ToolLimits): Promise<boolean> {
  for (const folder of writable) {
    const { bytes, files } = await folderSize(folder, { bytes: disk, files: MAX_FILES });
    if (bytes > disk || files > MAX_FILES) return true;
  }
  return false;
}
