import type { Duplex } from 'node:stream';
import type { Console, Waiting } from './console.ts';
import { GuestShell } from './guest-shell.ts';

/**
 * A root shell inside a machine for the one who breaks it on purpose, without anything of it in the image: the very bytes
 * that will ship are booted. The boot loader's prompt is asked for `single`, which makes Alpine's initramfs open a
 * shell before it goes on (mkinitfs-bootparam(7)). There a process is left behind that moves into the new system and
 * serves a root shell on the second serial port.
 */
const DEBUG_SHELL_DEVICE = 'ttyS1';

/**
 * Lines for the shell of the initramfs. As soon as the new root has a shell of its own, the process goes there by
 * chroot(2): switch_root(8) then moves that file system to `/`, and the process with it. The pipe keeps the shell from
 * taking the line for a person's terminal, with prompts and echo.
 */
const DEBUG_SHELL_LINES: readonly string[] = [
  `busybox setsid sh -c '${[
    `exec </dev/${DEBUG_SHELL_DEVICE} >/dev/${DEBUG_SHELL_DEVICE} 2>&1`,
    'busybox stty raw -echo',
    'until busybox chroot /sysroot /bin/sh -c : 2>/dev/null; do busybox usleep 200000; done',
    'PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root exec busybox chroot /sysroot /bin/sh -c "/bin/sh 2>&1 | cat"',
  ].join('; ')}' &`,
  'exit',
];

/**
 * Prepares the debug shell while the machine boots. The shell that it returns answers once the new system is there.
 *
 * @param line the machine's second serial port
 * @throws VipisoError proof-failed when the boot does not come by the prompts; interrupted
 */
export async function openDebugShell(
  console: Console,
  line: Duplex,
  about: Waiting & { readonly label: string },
): Promise<GuestShell> {
  await console.say(/^boot:/, about);
  console.type(`${about.label} single\n`);
  await console.say(/^Entering single mode/, about);
  for (const command of DEBUG_SHELL_LINES) console.type(`${command}\n`);
  return new GuestShell(line, about.name);
}
