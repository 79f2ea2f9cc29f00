import { overlayFile } from './layout.ts';
import { writeCpio } from './native/cpio.ts';

const REGULAR_FILE = 0o100600;

/** The second initramfs of a node: an archive that holds its `<hostname>.apkovl.tar.gz` alone. */
export function overlayArchive(hostname: string, overlay: Buffer, epoch: number): Buffer {
  const entry = {
    name: overlayFile(hostname),
    mode: REGULAR_FILE,
    content: overlay,
    device: { major: 0, minor: 0 },
    linkGroup: undefined,
  };
  return writeCpio([entry], epoch);
}
