import type { Duplex } from 'node:stream';
import type { Console, Waiting } from './console.ts';
import { GuestShell } from './guest-shell.ts';

/**
 * A seat inside a machine for the one who breaks it on purpose, without anything of it in the image: the very bytes
 * that will ship are booted. The boot loader's prompt is asked for `single`, which makes Alpine's initramfs open a
 * shell before it goes on (mkinitfs-bootparam(7)). There a process is left behind that stays through the change of
 * root, waits for the new system, and serves a root shell on the second serial port.
 */
const SEAT_DEVICE = 'ttyS1';

/**
 * Lines for the shell of the initramfs. switch_root(8) deletes the files of the old root but spares other file
 * systems: programs and libraries are kept on a tmpfs that is bound over their folders. A process whose working
 * directory lies in the new root gets there by chroot(2) to `.`.
 */
const SEAT_LINES: readonly string[] = [
  'mkdir /seat && mount -t tmpfs seat /seat',
  'for d in bin lib lib64 usr; do [ -d /$d ] && [ ! -L /$d ] && cp -a /$d /seat/ && mount -o bind /seat/$d /$d; done',
  `busybox setsid sh -c '${[
    `exec </dev/${SEAT_DEVICE} >/dev/${SEAT_DEVICE} 2>&1`,
    'busybox stty raw -echo',
    'until busybox grep -q " /sysroot " /proc/mounts; do busybox sleep 1; done',
    'cd /sysroot',
    'while [ -e /init ]; do busybox sleep 1; done',
    'PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root exec busybox chroot . /bin/sh',
  ].join('; ')}' &`,
  'exit',
];

/**
 * Prepares the seat while the machine boots. The shell that it returns answers once the new system is there.
 *
 * @param line the machine's second serial port
 * @throws VipisoError proof-failed when the boot does not come by the prompts; interrupted
 */
export async function takeSeat(
  console: Console,
  line: Duplex,
  about: Waiting & { readonly label: string },
): Promise<GuestShell> {
  await console.say(/^boot:/, about);
  console.type(`${about.label} single\n`);
  await console.say(/^Entering single mode/, about);
  for (const command of SEAT_LINES) console.type(`${command}\n`);
  return new GuestShell(line, about.name);
}
