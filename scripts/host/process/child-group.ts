import { isErrno } from '../fs/errno.ts';
import { onProcessExit } from './exit-cleanup.ts';
import { forgetGroup, watchGroup } from './group-watcher.ts';

/** Between asking a group of processes to end (SIGTERM) and ending it (SIGKILL). */
const GRACE_MS = 3000;

/** A process group led by a child of ours: everything that the child starts ends with it, and with this process. */
export interface ChildGroup {
  /** SIGTERM to all of the group now, SIGKILL after a grace (milliseconds). Harmless when it is gone. */
  readonly stop: (graceMs?: number) => void;
  /** To be called when the leader has ended: kills what it left behind. */
  readonly ended: () => void;
}

/** Watches over the group of `leader`, a pid that was started as the leader of a group of its own. */
export function childGroup(leader: number): ChildGroup {
  let timer: NodeJS.Timeout | undefined;
  watchGroup(leader);
  const forget = onProcessExit(() => {
    signalGroup(leader, 'SIGKILL');
  });
  return {
    stop(graceMs = GRACE_MS) {
      if (timer !== undefined) return;
      signalGroup(leader, 'SIGTERM');
      timer = setTimeout(() => {
        signalGroup(leader, 'SIGKILL');
      }, graceMs);
    },
    ended() {
      clearTimeout(timer);
      forget();
      signalGroup(leader, 'SIGKILL');
      forgetGroup(leader);
    },
  };
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    // Nobody is left (ESRCH), or only zombies of another account that end by themselves (EPERM).
    if (!isErrno(error, 'ESRCH', 'EPERM')) throw error;
  }
}
