import path from 'node:path';
import { VipisoError } from '../core/errors.ts';
import { withTempFolder } from '../host/fs/temp-folder.ts';
import type { Host } from '../host/host.ts';
import { buildLoaded } from '../image/build-images.ts';
import type { BuildRequest } from '../image/build-images.ts';
import { loadText } from '../inputs/load-cluster.ts';
import type { LoadedCluster } from '../inputs/load-cluster.ts';
import type { Trial } from './certificate/document.ts';
import { chooseScenarios } from './scenarios/choose.ts';
import { findSubject } from './subject.ts';
import { runTrial } from './trial/run-trial.ts';
import { variantText } from './variants.ts';
import type { Variant } from './variants.ts';

interface VariantJob {
  readonly loaded: LoadedCluster;
  /** Absolute folder of the images that ship; the variant's come and go in it. */
  readonly folder: string;
  readonly build: Omit<BuildRequest, 'clusterFile'>;
}

/** @returns no trial, and a note, for a cluster file that does not have this variant */
export async function tryVariant(
  host: Host,
  variant: Variant,
  { loaded, folder, build }: VariantJob,
): Promise<readonly Trial[]> {
  const changed = variantLoaded(host, variant, loaded);
  if (!changed.ok) {
    const text = `The variant ${variant.id} is skipped: ${changed.reason}`;
    host.report({ type: 'note', level: 'info', text });
    return [];
  }
  if (variant.boot !== undefined) return [await breakImages(host, variant, { loaded, folder })];
  return await withTempFolder(host, folder, async (temp) => {
    await buildLoaded(host, changed.loaded, { ...build, out: temp });
    return [await breakImages(host, variant, { loaded: changed.loaded, folder: temp }, folder)];
  });
}

/** @param logsFolder that of the images unless given */
async function breakImages(
  host: Host,
  { id, title, faults, boot }: Variant,
  { loaded: { cluster, file }, folder }: Omit<VariantJob, 'build'>,
  logsFolder = folder,
): Promise<Trial> {
  const subject = await findSubject(host, cluster, { folder, clusterFile: file });
  const { trial } = await runTrial(host, {
    ...{ id, title, cluster, boot },
    scenarios: chooseScenarios('full', faults),
    images: subject.images,
    findings: subject.findings,
    logs: path.join(logsFolder, 'logs', id),
  });
  return trial;
}

function variantLoaded(
  host: Host,
  variant: Variant,
  loaded: LoadedCluster,
):
  | { readonly ok: true; readonly loaded: LoadedCluster }
  | { readonly ok: false; readonly reason: string } {
  const changed = variantText(loaded.text, variant);
  if (!changed.ok) return changed;
  try {
    const name = `${loaded.name} (${variant.id})`;
    const { file, locked } = loaded;
    return { ok: true, loaded: loadText(host, { name, file, locked }, changed.text) };
  } catch (error) {
    if (!(error instanceof VipisoError) || error.code !== 'cluster-invalid') throw error;
    return { ok: false, reason: [error.message, ...error.details].join('\n') };
  }
}
