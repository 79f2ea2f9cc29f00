import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../core/errors.ts';
import { writeFileAtomic } from '../host/atomic-file.ts';
import { ioError, isErrno } from '../host/errno.ts';
import type { Host } from '../host/host.ts';
import { schemaText } from './schema.ts';

export interface InitResult {
  /** Absolute paths of the files that were written. */
  readonly files: readonly string[];
  readonly text: readonly string[];
}

/**
 * Writes the commented starter `cluster.yaml` (the reference case) and its JSON Schema into a folder, which is
 * made when missing.
 *
 * @throws VipisoError already-exists when one of the two is there with another content; nothing is written then
 */
export async function initCluster(
  host: Pick<Host, 'cwd' | 'packageRoot'>,
  folder: string,
): Promise<InitResult> {
  const target = path.resolve(host.cwd, folder);
  const contents = [
    { file: path.join(target, 'cluster.schema.json'), text: schemaText() },
    { file: path.join(target, 'cluster.yaml'), text: await starterText(host) },
  ];
  for (const { file, text } of contents) await refuseOther(file, text);
  for (const { file, text } of contents) await writeFileAtomic(file, text);
  const files = contents.map(({ file }) => file);
  const shown = path.relative(host.cwd, path.join(target, 'cluster.yaml'));
  return {
    files,
    text: [
      ...files.map((file) => `wrote ${path.relative(host.cwd, file)}`),
      '',
      `Next: put your addresses into ${shown}, then`,
      `  vipiso check ${shown}`,
      `  vipiso build ${shown}`,
    ],
  };
}

async function starterText(host: Pick<Host, 'packageRoot'>): Promise<string> {
  const file = path.join(host.packageRoot, 'profiles', 'starter', 'cluster.yaml');
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw ioError(error, 'read the starter file', file);
  }
}

/** A file with this very text (left by an interrupted run) may stand; any other is the user's. */
async function refuseOther(file: string, text: string): Promise<void> {
  const found = await readExisting(file);
  if (found === undefined || found === text) return;
  throw new VipisoError('already-exists', `${file} is there already`, {
    hint: 'Choose another folder (vipiso init DIR), or move the file away.',
  });
}

async function readExisting(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw ioError(error, 'read', file);
  }
}
