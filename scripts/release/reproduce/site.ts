import { copyFile, cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { ioError } from '../../host/fs/errno.ts';
import { isFile } from '../../host/fs/is-there.ts';
import type { Host } from '../../host/host.ts';
import { RELEASE_FOLDERS } from '../format/layout.ts';
import type { OpenedRelease } from '../read/read-release.ts';

/**
 * Lays out the inputs of a release as they lay with who made it, with the secrets that it does not hold.
 *
 * @param options.site absolute path of the folder that secret files are taken from, laid out as beside the cluster file
 * @param options.to folder to make
 * @returns absolute path of the cluster file
 * @throws VipisoError usage: secrets are missing, each with its key and the file or variable to bring
 */
export async function layOutInputs(
  { env }: Pick<Host, 'env'>,
  { at, manifest }: OpenedRelease,
  { site, to }: { readonly site: string; readonly to: string },
): Promise<string> {
  const { inputs } = manifest;
  const source = at(RELEASE_FOLDERS.inputs);
  await cp(source, to, { recursive: true, verbatimSymlinks: true }).catch((error: unknown) => {
    throw ioError(error, 'copy the inputs', source);
  });
  const clusterFile = path.join(to, path.relative(RELEASE_FOLDERS.inputs, inputs.cluster));
  const missing: string[] = [];
  for (const { key, source: where } of inputs.secrets) {
    const [, file] = /^(?:file|age file|sops file) (.+)$/.exec(where) ?? [];
    const [, variable] = /^environment variable (.+)$/.exec(where) ?? [];
    if (variable !== undefined && (env[variable] ?? '') === '')
      missing.push(`${key}: set the ${where}`);
    if (file === undefined) continue;
    // Files of the overlay folder are named from the folder around all inputs, others from the cluster file's.
    const around = key === 'overlay' ? to : path.dirname(clusterFile);
    const place = path.join(around, file);
    if (await isFile(place)) continue;
    const from = path.join(site, file);
    if (!(await isFile(from))) missing.push(`${key}: bring the file ${from}`);
    else if (isBelow(to, place)) await take(from, place);
    else missing.push(`${key}: ${file} lies above the cluster file's folder`);
  }
  if (missing.length === 0) return clusterFile;
  throw new VipisoError(
    'usage',
    'the release does not hold its secrets, and a rebuild takes them',
    {
      details: missing,
      hint: 'Name the folder with the secret files as they lay beside the cluster file: --site DIR',
    },
  );
}

function isBelow(folder: string, file: string): boolean {
  return !path.relative(folder, file).startsWith('..');
}

async function take(from: string, to: string): Promise<void> {
  try {
    await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
    await copyFile(from, to);
  } catch (error) {
    throw ioError(error, 'take the secret', from);
  }
}
