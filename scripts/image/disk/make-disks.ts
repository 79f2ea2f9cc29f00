import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { ClusterModel, ImageFormat } from '../../cluster/model.ts';
import type { Sha256 } from '../../core/digest.ts';
import { step } from '../../core/events.ts';
import { sha256OfFile } from '../../host/fs/hash-file.ts';
import type { Host } from '../../host/host.ts';
import type { EngineResult, NodeImage } from '../engine.ts';
import { auditDisk } from './audit-disk.ts';
import { DISK_FORMS, convertDisk } from './convert.ts';
import { diskLoaders } from './loaders.ts';
import type { DiskLoaders } from './loaders.ts';
import { writeOva } from './write-ova.ts';
import { writeDisk } from './write-disk.ts';

/** A node's image in another format than the ISO. */
export interface NodeDisk {
  readonly node: string;
  readonly format: Exclude<ImageFormat, 'iso'>;
  /** Absolute path, in the work folder. */
  readonly file: string;
}

/**
 * Makes the other formats of finished, audited ISOs: a raw disk of each, audited as well, and what is converted from it.
 *
 * @param folder absolute path of the work folder, which gets `<host>.<format>`
 * @throws VipisoError image-wrong, tool-failed, digest-mismatch
 */
export async function makeDisks(
  host: Host,
  made: EngineResult,
  about: {
    readonly cluster: ClusterModel;
    readonly formats: readonly ImageFormat[];
    readonly folder: string;
  },
): Promise<readonly NodeDisk[]> {
  const formats = about.formats.filter((format) => format !== 'iso');
  if (formats.length === 0) return [];
  const loaders = await diskLoaders(host, made.inputs.kernelPackages);
  const disks: NodeDisk[] = [];
  for (const image of made.images) {
    const { hostname } = image.node;
    const what = { id: `disks-${hostname}`, title: `Writing ${hostname} as ${formats.join(', ')}` };
    await step(host.report, what, async () => {
      const job = { ...about, formats, loaders, epoch: made.inputs.epoch };
      disks.push(...(await disksOf(host, image, job)));
    });
  }
  return disks;
}

async function disksOf(
  host: Host,
  { node, file: iso }: NodeImage,
  job: {
    readonly cluster: ClusterModel;
    readonly formats: readonly Exclude<ImageFormat, 'iso'>[];
    readonly folder: string;
    readonly loaders: DiskLoaders;
    readonly epoch: number;
  },
): Promise<readonly NodeDisk[]> {
  const { folder, formats, loaders, epoch } = job;
  const fileOf = (format: string): string => path.join(folder, `${node.hostname}.${format}`);
  const raw = fileOf('raw');
  await writeDisk(host, { iso, output: raw, folder, loaders, epoch });
  await auditDisk({ disk: raw, iso }, loaders);
  const seed: Sha256 = await sha256OfFile(raw);
  const disks: NodeDisk[] = [];
  for (const format of formats) {
    const output = fileOf(format);
    if (format === 'ova')
      await writeOva(host, { ...job, node, raw, output, seed, form: DISK_FORMS.ova });
    else if (format !== 'raw') await convertDisk(host, DISK_FORMS[format], { raw, output, seed });
    disks.push({ node: node.hostname, format, file: output });
  }
  if (!formats.includes('raw')) await rm(raw);
  return disks;
}
