import { open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import { sha256 } from '../../core/digest.ts';
import type { Sha256 } from '../../core/digest.ts';
import { sha256OfFile } from '../../host/fs/hash-file.ts';
import { withTempFolder } from '../../host/fs/temp-folder.ts';
import type { Host } from '../../host/host.ts';
import { END_MARK_BYTES, paddingOf, tarHeader } from '../../formats/tar/tar-writer.ts';
import { renderDeployFile } from '../deploy/render.ts';
import { machineView } from '../deploy/view.ts';
import { convertDisk } from './convert.ts';
import type { DiskForm } from './convert.ts';

/** Where a part of the package comes from: text, or a file by its absolute path. */
interface Part {
  readonly name: string;
  readonly from: Buffer | string;
}

/**
 * Writes an OVA (DMTF DSP0243, OVF 1.1, as vSphere and its peers read it): a tar with the description first, then the
 * digests of both files, then the disk.
 *
 * @param call.raw, call.output, call.folder absolute paths
 * @throws VipisoError tool-failed
 */
export async function writeOva(
  host: Host,
  call: {
    readonly cluster: ClusterModel;
    readonly node: NodeModel;
    readonly raw: string;
    readonly output: string;
    readonly folder: string;
    readonly form: DiskForm;
    readonly seed: Sha256;
    /** Unix seconds. */
    readonly epoch: number;
  },
): Promise<void> {
  const { cluster, node, raw, output, form, seed, epoch } = call;
  await withTempFolder(host, call.folder, async (folder) => {
    const name = `${node.hostname}.vmdk`;
    const disk = path.join(folder, name);
    await convertDisk(host, form, { raw, output: disk, seed });
    const ovf = Buffer.from(
      await renderDeployFile(host, 'node.ovf', {
        ...machineView(cluster, node),
        disk: { file: name, bytes: (await stat(disk)).size, capacity: (await stat(raw)).size },
      }),
    );
    const description = `${node.hostname}.ovf`;
    const digests = [
      `SHA256(${description})= ${sha256(ovf)}\n`,
      `SHA256(${name})= ${await sha256OfFile(disk)}\n`,
    ].join('');
    const parts: readonly Part[] = [
      { name: description, from: ovf },
      { name: `${node.hostname}.mf`, from: Buffer.from(digests) },
      { name, from: disk },
    ];
    await writeParts(output, parts, epoch);
  });
}

async function writeParts(output: string, parts: readonly Part[], epoch: number): Promise<void> {
  const target = await open(output, 'w', 0o600);
  try {
    for (const { name, from } of parts) {
      const size = typeof from === 'string' ? (await stat(from)).size : from.length;
      const entry = { path: name, type: 'file', mode: 0o644, mtime: epoch } as const;
      await target.writeFile(tarHeader(entry, size));
      await target.writeFile(typeof from === 'string' ? await readFile(from) : from);
      await target.writeFile(Buffer.alloc(paddingOf(size)));
    }
    await target.writeFile(Buffer.alloc(END_MARK_BYTES));
  } finally {
    await target.close();
  }
}
