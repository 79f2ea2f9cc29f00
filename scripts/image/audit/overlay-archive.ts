import { writeCpio } from '../../formats/cpio.ts';
import { overlayFile } from '../layout.ts';

const PRIVATE_FILE = 0o100600;
const PROGRAM = 0o100755;

/**
 * The second initramfs of a node: an archive with its `<hostname>.apkovl.tar.gz`, and a `df` for this one file.
 *
 * Alpine's init looks up the device that an overlay came from in /etc/fstab, to mount it where the system expects it
 * (`remount_fstab_entry` in mkinitfs's initramfs-init, 3.9 to 3.13). A file of the initramfs has no device: busybox's
 * df complains of that on the console, and so does the stat after it. Here it gets a device that no fstab names. The
 * init installs busybox's own link only where no file of that name is (busybox --install); `bin` is there already, as
 * a folder or a link, and must not be an entry of this archive. What is asked of any other file goes on to busybox.
 */
export function overlayArchive(hostname: string, overlay: Buffer, epoch: number): Buffer {
  const file = overlayFile(hostname);
  const entry = (
    name: string,
    mode: number,
    content: Buffer,
  ): Parameters<typeof writeCpio>[0][0] => ({
    ...{ name, mode, content },
    device: { major: 0, minor: 0 },
    linkGroup: undefined,
  });
  const entries = [
    entry('bin/df', PROGRAM, Buffer.from(dfFor(file))),
    entry(file, PRIVATE_FILE, overlay),
  ];
  return writeCpio(entries, epoch);
}

function dfFor(file: string): string {
  return `#!/bin/busybox sh
case "$2" in
	/${file}) echo "/dev/null 0 0 0 0% /" ;;
	*) exec /bin/busybox df "$@" ;;
esac
`;
}
