import { lstat, readFile, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { compareStrings } from '../../scripts/core/digest.ts';
import { VipisoError } from '../../scripts/core/errors.ts';
import { isErrno } from '../../scripts/host/fs/errno.ts';
import type { ApkFile } from './apk-writer.ts';
import { readElf } from './elf.ts';
import type { Content } from './recipe.ts';

const EXECUTABLE = 0o755;
/** In Debian's packages, where folders of the old layout are links into /usr. */
const DEBIAN_LIBRARIES = 'usr/lib/x86_64-linux-gnu';
const LIBRARIES = 'lib/x86_64-linux-gnu';
const ELF_OR_SCRIPT = /^(?:#!|\x7fELF)/;

/** Files and folders of a Debian package, by their path there and the path they get. */
export function take(deb: string, paths: Readonly<Record<string, string>>): Content {
  return async ({ deb: folderOf }) => {
    const folder = folderOf(deb);
    const parts = Object.entries(paths).map(([from, to]) => readInto(path.join(folder, from), to));
    return (await Promise.all(parts)).flat();
  };
}

/** Files of a Debian package that keep their paths. */
export function takeSame(deb: string, paths: readonly string[]): Content {
  return take(deb, Object.fromEntries(paths.map((it) => [it, it])));
}

/** Empty folders with their modes. */
export function folders(modes: Readonly<Record<string, number>>): Content {
  const made = Object.entries(modes).map(([name, mode]): ApkFile => ({
    path: name,
    type: 'directory',
    mode,
  }));
  return () => Promise.resolve(made);
}

/** Symbolic links by path and target. */
export function links(targets: Readonly<Record<string, string>>): Content {
  const made = Object.entries(targets).map(([name, linkTarget]): ApkFile => ({
    path: name,
    type: 'symlink',
    linkTarget,
  }));
  return () => Promise.resolve(made);
}

/** Files with their text. */
export function texts(files: Readonly<Record<string, string>>): Content {
  const made = Object.entries(files).map(([name, text]): ApkFile => ({
    path: name,
    content: Buffer.from(text),
  }));
  return () => Promise.resolve(made);
}

/**
 * Another content with replacements in its files.
 *
 * @throws VipisoError `bug` when a file lacks what is to be replaced: Debian changed it, and the recipe must follow
 */
export function edited(
  content: Content,
  edits: readonly { readonly path: string; readonly find: string; readonly replace: string }[],
): Content {
  return async (sources) => {
    const files = await content(sources);
    return files.map((file) =>
      edits.filter((edit) => edit.path === file.path).reduce(applyEdit, file),
    );
  };
}

function applyEdit(
  file: ApkFile,
  edit: { readonly path: string; readonly find: string; readonly replace: string },
): ApkFile {
  const text = file.content?.toString('utf8') ?? '';
  if (!text.includes(edit.find)) {
    throw new VipisoError('bug', `${edit.path} of Debian does not hold “${edit.find}” any more.`);
  }
  return { ...file, content: Buffer.from(text.replaceAll(edit.find, edit.replace)) };
}

/**
 * Every shared library of a Debian package under its soname, in the folder that Debian's loader searches first:
 * elsewhere each program would try some two hundred names before it starts.
 */
export function libraries(deb: string): Content {
  return async ({ deb: folderOf }) => {
    const files = await readInto(path.join(folderOf(deb), DEBIAN_LIBRARIES), '').catch(none);
    return files.flatMap(({ content, path: name }) => {
      const soname = content === undefined || name.includes('/') ? undefined : sonameOf(content);
      return soname === undefined
        ? []
        : [{ path: `${LIBRARIES}/${soname}`, content, mode: EXECUTABLE }];
    });
  };
}

function sonameOf(content: Buffer): string | undefined {
  return readElf(content)?.soname;
}

function none(error: unknown): readonly ApkFile[] {
  if (isErrno(error, 'ENOENT')) return [];
  throw error;
}

/**
 * Reads a file, link or folder with all below it. Modes come from the content (programs and scripts are
 * executable), never from the disk: a checkout's umask must not reach the package.
 */
export async function readInto(from: string, to: string): Promise<readonly ApkFile[]> {
  const kind = await lstat(from);
  if (kind.isSymbolicLink()) {
    return [{ path: to, type: 'symlink', linkTarget: await readlink(from) }];
  }
  if (!kind.isDirectory()) return [fileOf(to, await readFile(from))];
  const names = (await readdir(from)).sort(compareStrings);
  const parts = names.map((name) => readInto(path.join(from, name), path.posix.join(to, name)));
  return (await Promise.all(parts)).flat();
}

function fileOf(to: string, content: Buffer): ApkFile {
  const executable = ELF_OR_SCRIPT.test(content.toString('latin1', 0, 4));
  return executable ? { path: to, content, mode: EXECUTABLE } : { path: to, content };
}
