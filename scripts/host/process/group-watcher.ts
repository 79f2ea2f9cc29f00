import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';

/**
 * A shell that holds the other end of a pipe of ours: when this process is gone, however it ended, the pipe closes and
 * the shell kills the process groups that were still at work. SIGKILL leaves us no other way to end our tools, and the
 * kernel's own (PR_SET_PDEATHSIG) reaches neither their children nor programs that change their identity.
 */
const SCRIPT = `
groups=
while read -r verb group; do
  if [ "$verb" = watch ]; then groups="$groups $group"; continue; fi
  left=
  for each in $groups; do [ "$each" = "$group" ] || left="$left $each"; done
  groups=$left
done
for group in $groups; do kill -s KILL -- "-$group"; done
`;

let orders: Writable | undefined;

/** The group of `leader` is killed if this process ends before `forgetGroup`. */
export function watchGroup(leader: number): void {
  orders ??= startWatcher();
  orders.write(`watch ${leader}\n`);
}

export function forgetGroup(leader: number): void {
  orders?.write(`forget ${leader}\n`);
}

function startWatcher(): Writable {
  const watcher = spawn('/bin/sh', ['-c', SCRIPT], {
    // A session of its own: what ends ours from the terminal must not end it first.
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const { stdin } = watcher;
  const lost = (): void => {
    orders = undefined;
  };
  watcher.on('error', lost);
  watcher.on('exit', lost);
  stdin.on('error', () => undefined);
  watcher.unref();
  if (stdin instanceof Socket) stdin.unref();
  return stdin;
}
