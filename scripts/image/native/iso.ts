import path from 'node:path';
import type { Host } from '../../host/host.ts';
import { runTool } from '../../host/process/run.ts';
import { LAYOUT } from '../layout.ts';

/** A file of the host put onto the medium beside the tree, in place of what the tree has there. */
export interface Graft {
  /** Relative to the medium's root. */
  readonly to: string;
  /** Absolute path on the host. */
  readonly from: string;
}

/**
 * Writes an ISO 9660 image with Joliet and Rock Ridge that starts by BIOS and by UEFI, as a CD and as a disk. Equal
 * content gives equal bytes: every time stamp is the epoch, and the GPT's identifiers are derived from it.
 *
 * @param call.output absolute path; overwritten
 */
export async function writeIso(
  host: Host,
  call: {
    readonly tree: string;
    readonly grafts: readonly Graft[];
    readonly volumeId: string;
    readonly epoch: number;
    readonly output: string;
    readonly log: string;
  },
): Promise<void> {
  await runTool(host, {
    tool: 'xorriso',
    args: [
      ...['-as', 'mkisofs', '-quiet', '-output', call.output],
      ...['-full-iso9660-filenames', '-joliet', '-rational-rock'],
      ...['-sysid', 'LINUX', '-volid', call.volumeId],
      ...['-isohybrid-mbr', path.join(call.tree, LAYOUT.hybridMbr)],
      ...['-eltorito-boot', LAYOUT.isolinux, '-eltorito-catalog', LAYOUT.bootCatalog],
      ...['-no-emul-boot', '-boot-load-size', '4', '-boot-info-table'],
      ...['-eltorito-alt-boot', '-e', LAYOUT.efiImage, '-no-emul-boot', '-isohybrid-gpt-basdat'],
      ...['--set_all_file_dates', `=${call.epoch}`],
      ...['-graft-points', `/=${escapeGraft(call.tree)}`],
      ...call.grafts.map(({ to, from }) => `/${escapeGraft(to)}=${escapeGraft(from)}`),
    ],
    // The other half of reproducibility: volume descriptors and the GPT.
    env: { SOURCE_DATE_EPOCH: String(call.epoch) },
    log: call.log,
  });
}

/** In a graft point, `=` separates and `\` escapes (xorrisofs(1)). */
function escapeGraft(file: string): string {
  return file.replaceAll('\\', '\\\\').replaceAll('=', '\\=');
}
