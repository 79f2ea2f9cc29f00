import { readFileSync, statSync } from 'node:fs';
import type { Host } from '../host.ts';
import { errnoOf } from './errno.ts';

/** Secrets and certificates are small; more is a mistake in the path. */
const MAX_BYTES = 1024 * 1024;

type ReadResult =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

type ModeResult =
  | { readonly ok: true; readonly mode: number | undefined }
  | { readonly ok: false; readonly reason: string };

export interface FileReferences {
  readTextFile(file: string): ReadResult;
  fileMode: (file: string) => ModeResult;
  env(name: string): string | undefined;
}

/** Reads what a cluster file refers to. Synchronous, because the parser that asks is pure and synchronous. */
export function fileReferences(host: Pick<Host, 'env'>): FileReferences {
  return { readTextFile, fileMode, env: (name) => host.env[name] };
}

function readTextFile(file: string): ReadResult {
  try {
    const about = statSync(file);
    if (!about.isFile()) return { ok: false, reason: 'it is not a regular file' };
    if (about.size > MAX_BYTES)
      return { ok: false, reason: `it has ${about.size} bytes, at most ${MAX_BYTES} are read` };
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
    return { ok: true, text };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

function fileMode(file: string): ModeResult {
  try {
    const about = statSync(file, { throwIfNoEntry: false });
    return { ok: true, mode: about?.isFile() === true ? about.mode & 0o777 : undefined };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  switch (errnoOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'ELOOP':
      return 'its links lead in a circle';
    case 'ENAMETOOLONG':
      return 'its name is too long';
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return 'it is no UTF-8 text';
    case undefined:
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
