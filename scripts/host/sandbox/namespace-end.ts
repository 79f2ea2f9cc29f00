import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { VipisoError } from '../../core/errors.ts';

const POLL_MS = 2;
/** A killed process ends at once, but for one that waits for a disk. */
const WAIT_MS = 60_000;

/**
 * Waits until the last process of a sandbox is gone. bwrap ends with its command; what that left behind is killed then,
 * but not waited for, and could still change the files that we go on with.
 *
 * @param status what bwrap wrote by `--json-status-fd`; without the pid of a first process there is nothing to wait for
 * @throws VipisoError sandbox: they do not end
 */
export async function namespaceEnd(status: string): Promise<void> {
  const first = /"child-pid":\s*(\d+)/.exec(status)?.[1];
  if (first === undefined) return;
  for (let waited = 0; isAlive(first); waited += POLL_MS) {
    if (waited > WAIT_MS)
      throw new VipisoError('sandbox', `process ${first} of a sandbox was killed and does not end`);
    await sleep(POLL_MS);
  }
}

/** The first process of a pid namespace ends after all others (pid_namespaces(7)): a zombie has none left. */
function isAlive(pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    return stat.includes(`(bwrap)`) && !['Z', 'X'].includes(state);
  } catch {
    // Nothing of it is left.
    return false;
  }
}
