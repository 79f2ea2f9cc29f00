import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sha256 } from '../../core/digest.ts';
import type { Sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { ioError, isErrno } from '../fs/errno.ts';
import { sha256OfFile } from '../fs/hash-file.ts';
import { tempName } from '../fs/temp-folder.ts';
import type { Host } from '../host.ts';
import { useCache } from './lease.ts';
import { markUsed } from './mark-used.ts';

/**
 * Files under the name of their own SHA-256: `<cache>/sha256/ab/cdef...`. An entry appears by one rename, so
 * it is whole or absent, and concurrent runs may share the store. Every read verifies the digest; an entry
 * that no longer matches is dropped, said in a warning, and treated as absent.
 */
export class ContentStore {
  private readonly host: Host;
  private readonly root: string;

  constructor(host: Host) {
    this.host = host;
    this.root = path.join(host.cacheFolder, 'sha256');
  }

  /** The path of the verified entry, or undefined when there is none. Open it for reading only. */
  async get(digest: Sha256): Promise<string | undefined> {
    await useCache(this.host);
    const file = this.pathOf(digest);
    try {
      return await this.judge(digest, await sha256OfFile(file), file);
    } catch (error) {
      if (error instanceof VipisoError && error.code === 'not-found') return undefined;
      throw error;
    }
  }

  /**
   * The verified bytes of an entry, or undefined when there is none.
   *
   * @throws VipisoError permission, disk-full, io
   */
  async getBytes(digest: Sha256): Promise<Buffer | undefined> {
    await useCache(this.host);
    const file = this.pathOf(digest);
    try {
      const bytes = await readFile(file);
      return (await this.judge(digest, sha256(bytes), file)) === undefined ? undefined : bytes;
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw ioError(error, 'read', file);
    }
  }

  private async judge(wanted: Sha256, found: Sha256, file: string): Promise<string | undefined> {
    if (found === wanted) {
      await markUsed(this.host, file);
      return file;
    }
    this.host.report({
      type: 'note',
      level: 'warning',
      text: `The cache held a damaged file, which was removed: ${file}`,
    });
    await rm(file, { force: true });
    return undefined;
  }

  /**
   * Takes in bytes of a known digest, unless the very same are there: to compare costs less than to hash.
   *
   * @throws VipisoError permission, disk-full, io
   */
  async keepBytes(bytes: Buffer, digest: Sha256): Promise<void> {
    await useCache(this.host);
    const file = this.pathOf(digest);
    const there = await readFile(file).catch((error: unknown) => {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw ioError(error, 'read', file);
    });
    if (there?.equals(bytes) === true) await markUsed(this.host, file);
    else await this.put(Readable.from([bytes]), digest);
  }

  async putBytes(bytes: Uint8Array): Promise<Sha256> {
    return await this.put(Readable.from([bytes]));
  }

  /** @throws VipisoError not-found, digest-mismatch, disk-full, permission */
  async putFile(file: string, expected?: Sha256): Promise<Sha256> {
    const size = (
      await stat(file).catch((error: unknown) => Promise.reject(ioError(error, 'read', file)))
    ).size;
    return await this.put(createReadStream(file), expected, size);
  }

  /**
   * Takes in a stream, hashing it on the way. Nothing appears in the store when it ends early or differs from
   * `expected`.
   *
   * @throws VipisoError digest-mismatch, disk-full, permission, io
   */
  async put(content: Readable, expected?: Sha256, sizeBytes?: number): Promise<Sha256> {
    const temp = await this.tempFile();
    try {
      const digest = await writeHashed(content, temp, this.host.signal);
      if (expected !== undefined && digest !== expected) throw mismatch(expected, digest);
      await this.settle(temp, digest);
      return digest;
    } catch (error) {
      await rm(temp, { force: true }).catch(() => undefined);
      throw ioError(error, 'write the cache', temp, sizeBytes);
    }
  }

  /**
   * Moves a finished file in; the caller has computed its digest and the file lies on the same file system.
   *
   * @throws VipisoError permission, disk-full, io
   */
  async adopt(file: string, digest: Sha256): Promise<string> {
    try {
      await this.settle(file, digest);
      return this.pathOf(digest);
    } catch (error) {
      throw ioError(error, 'write the cache', this.pathOf(digest));
    }
  }

  private async settle(file: string, digest: Sha256): Promise<void> {
    await useCache(this.host);
    const target = this.pathOf(digest);
    await mkdir(path.dirname(target), { recursive: true });
    await chmod(file, 0o444);
    await rename(file, target);
  }

  private async tempFile(): Promise<string> {
    await useCache(this.host);
    try {
      await mkdir(this.root, { recursive: true });
    } catch (error) {
      throw ioError(error, 'make the cache folder', this.root);
    }
    return path.join(this.root, tempName());
  }

  /** Where an entry lies or would lie: for what is held against its digest when it is read. */
  pathOf(digest: Sha256): string {
    return path.join(this.root, digest.slice(0, 2), digest.slice(2));
  }
}

async function writeHashed(content: Readable, file: string, signal: AbortSignal): Promise<Sha256> {
  const hash = createHash('sha256');
  const tap = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(content, tap, createWriteStream(file, { flags: 'wx' }), { signal });
  return hash.digest('hex') as Sha256;
}

function mismatch(expected: Sha256, found: Sha256): VipisoError {
  return new VipisoError('digest-mismatch', 'the content does not match its digest', {
    details: [`expected SHA-256 ${expected}`, `found    SHA-256 ${found}`],
  });
}
