import { readFile } from 'node:fs/promises';
import { openPackage } from '../apk/package/package-file.ts';
import type { OpenedPackage } from '../apk/package/package-file.ts';
import { sha256 } from '../core/digest.ts';
import { VipisoError } from '../core/errors.ts';
import { ioError } from '../host/fs/errno.ts';
import type { Host } from '../host/host.ts';
import type { LockedPackage } from './lock/format/schema.ts';

/** A package of the lock, and where its file lies. */
export interface PackageFile {
  readonly locked: LockedPackage;
  /** Absolute path on the host. */
  readonly path: string;
}

/** The name by which apk looks for the file in a repository. */
export function packageFileName({ name, version }: LockedPackage): string {
  return `${name}-${version}.apk`;
}

/**
 * Opens packages one after the other, each checked against the lock at the moment that its bytes are used. An
 * interruption is heard between their entries, too.
 * @throws VipisoError digest-mismatch, malformed-package
 */
export async function* openLocked(
  host: Host,
  files: readonly PackageFile[],
): AsyncGenerator<OpenedPackage> {
  for (const file of files) {
    host.signal.throwIfAborted();
    const opened = openPackage(await readLocked(file), { what: nameOf(file), record: file.locked });
    yield { ...opened, entries: () => interruptible(host.signal, opened.entries()) };
  }
}

function* interruptible<T>(signal: AbortSignal, items: Iterable<T>): Generator<T> {
  for (const item of items) {
    signal.throwIfAborted();
    yield item;
  }
}

/** @throws VipisoError digest-mismatch */
export async function readLocked(file: PackageFile): Promise<Buffer> {
  const bytes = await readFile(file.path).catch((error: unknown) => {
    throw ioError(error, 'read the package', file.path);
  });
  const found = sha256(bytes);
  if (found === file.locked.sha256) return bytes;
  throw new VipisoError('digest-mismatch', `${nameOf(file)} is not the file that the lock names`, {
    details: [`locked SHA-256 ${file.locked.sha256}`, `found  SHA-256 ${found}`],
    hint: 'Fetch it again, or lock again if the repository replaced it.',
  });
}

function nameOf({ locked }: PackageFile): string {
  return packageFileName(locked);
}
