import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../core/errors.ts';
import { writeFileAtomic } from '../host/fs/atomic-file.ts';
import { ioError, isErrno } from '../host/fs/errno.ts';
import type { Host } from '../host/host.ts';
import { schemaText } from './schema.ts';

const CLUSTER_FILE = 'cluster.yaml';
/** The name that the starter's first line gives to editors. */
const SCHEMA_FILE = 'cluster.schema.json';

export interface InitResult {
  /** Absolute paths of the files that were written. */
  readonly files: readonly string[];
  readonly text: readonly string[];
}

/**
 * Writes the commented starter `cluster.yaml` (the reference case) and its JSON Schema into a folder, which is
 * made when missing.
 *
 * @param target absolute path of that folder
 * @param full the second example instead, with every option there is
 *
 * @throws VipisoError already-exists when one of the two is there already; nothing is written then
 */
export async function initCluster(
  host: Pick<Host, 'cwd' | 'packageRoot'>,
  target: string,
  { full = false }: { readonly full?: boolean | undefined } = {},
): Promise<InitResult> {
  const contents = [
    { file: path.join(target, SCHEMA_FILE), text: schemaText('cluster') },
    { file: path.join(target, CLUSTER_FILE), text: await starterText(host, full) },
  ];
  await refuseExisting(contents);
  for (const { file, text } of contents) await writeFileAtomic(file, text);
  const files = contents.map(({ file }) => file);
  const names = files.map((file) => path.relative(host.cwd, file));
  const shown = path.relative(host.cwd, path.join(target, CLUSTER_FILE));
  return {
    files,
    text: [
      ...names.map((name) => `wrote ${name}`),
      '',
      `Next: put your addresses into ${shown}, then`,
      `  vipiso check ${shown}`,
      `  vipiso build ${shown}`,
    ],
  };
}

/** The schema alone, as we write it, is what an interrupted run leaves: that may stand. */
async function refuseExisting(
  contents: readonly { readonly file: string; readonly text: string }[],
): Promise<void> {
  for (const { file, text } of contents) {
    const found = await readExisting(file);
    if (found === undefined) continue;
    if (found === text && path.basename(file) === SCHEMA_FILE) continue;
    throw new VipisoError('already-exists', `${file} is there already`, {
      hint: 'Choose another folder (vipiso init DIR), or move the file away.',
    });
  }
}

async function starterText(host: Pick<Host, 'packageRoot'>, full: boolean): Promise<string> {
  const name = full ? 'full.yaml' : 'cluster.yaml';
  const file = path.join(host.packageRoot, 'profiles', 'starter', name);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw ioError(error, 'read the starter file', file);
  }
}

async function readExisting(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw ioError(error, 'read', file);
  }
}
