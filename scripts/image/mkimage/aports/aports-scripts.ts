import { createReadStream } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { compareStrings, digestOf, sha256 } from '../../../core/digest.ts';
import type { Sha256 } from '../../../core/digest.ts';
import { VipisoError } from '../../../core/errors.ts';
import { ioError, isErrno } from '../../../host/fs/errno.ts';

interface ScriptFile {
  readonly name: string;
  readonly executable: boolean;
  readonly content: Buffer;
}

/** The folder `scripts/` of Alpine's aports. */
export interface AportsScripts {
  /** By name. */
  readonly files: readonly ScriptFile[];
  /** Of names, executable bits and contents: the same for a checkout and an archive of it. */
  readonly sha256: Sha256;
}

const NEEDED = ['mkimage.sh', 'mkimg.base.sh'];
const MAX_FILES = 1000;
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * Reads the scripts from a checkout of aports, from its `scripts` folder, or from a .tar.gz archive of either.
 *
 * @param source absolute path
 * @throws VipisoError not-found: there is no mkimage.sh in it; malformed-archive
 */
export async function readAportsScripts(source: string): Promise<AportsScripts> {
  const about = await stat(source).catch((error: unknown) => {
    throw ioError(error, "read aports' scripts", source);
  });
  const found = about.isDirectory() ? await filesIn(source) : await filesOfArchive(source);
  const files = found.sort((a, b) => compareStrings(a.name, b.name));
  const missing = NEEDED.filter((name) => !files.some((file) => file.name === name));
  if (missing.length > 0) {
    throw new VipisoError('not-found', `${source} holds no scripts/${missing.join(', scripts/')}`, {
      hint: 'Name a checkout or archive of https://gitlab.alpinelinux.org/alpine/aports, of the branch that fits alpine.branch.',
    });
  }
  const listing = files.map((it) => [it.name, it.executable, sha256(it.content)]);
  return { files, sha256: digestOf(listing) };
}

async function filesIn(source: string): Promise<ScriptFile[]> {
  const inside = path.join(source, 'scripts');
  const folder = (await isFolder(inside)) ? inside : source;
  const files: ScriptFile[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(folder, entry.name);
    const { mode, size } = await stat(file);
    if (files.length >= MAX_FILES || size > MAX_FILE_BYTES) throw tooMuch(source);
    const content = await readFile(file).catch((error: unknown) => {
      throw ioError(error, 'read the script', file);
    });
    files.push({ name: entry.name, executable: (mode & 0o100) !== 0, content });
  }
  return files;
}

async function isFolder(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw ioError(error, "read aports' scripts", folder);
  }
}

/** `aports-<ref>/scripts/x`, `scripts/x`, `./scripts/x`. */
const SCRIPT_IN_ARCHIVE = /^(?:\.\/)?(?:[^/]+\/)?scripts\/([^/]+)$/;

async function filesOfArchive(source: string): Promise<ScriptFile[]> {
  const files: ScriptFile[] = [];
  const reader = extract();
  const reading = async (): Promise<void> => {
    for await (const entry of reader) {
      const { name, type, mode, size } = entry.header;
      const script = type === 'file' ? SCRIPT_IN_ARCHIVE.exec(name)?.[1] : undefined;
      if (script === undefined) {
        entry.resume();
        continue;
      }
      if (files.length >= MAX_FILES || size > MAX_FILE_BYTES) throw tooMuch(source);
      files.push({ name: script, executable: (mode & 0o100) !== 0, content: await all(entry) });
    }
  };
  try {
    await Promise.all([pipeline(createReadStream(source), createGunzip(), reader), reading()]);
  } catch (cause) {
    if (cause instanceof VipisoError) throw cause;
    throw new VipisoError('malformed-archive', `${source} is not a valid .tar.gz archive`, {
      cause,
    });
  }
  return files;
}

async function all(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function tooMuch(source: string): VipisoError {
  return new VipisoError('malformed-archive', `${source} is larger than aports' scripts can be`);
}
