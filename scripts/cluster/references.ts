import { isAbsolute, join } from 'node:path';
import type { LockedDaemons } from './daemon-versions.ts';

/** What a file or environment variable that the cluster file refers to holds, or why it cannot be read. */
export type ReadResult =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/** Permission bits of a file, none where there is no such file, or why nobody can tell. */
export type ModeResult =
  | { readonly ok: true; readonly mode: number | undefined }
  | { readonly ok: false; readonly reason: string };

/** Access to what a cluster file refers to. The parser is pure: the caller brings this. */
export interface ReferenceReader {
  /** Text of the file at an absolute path. */
  readTextFile(path: string): ReadResult;
  /** About the file at an absolute path. Absent where nobody can look. */
  readonly fileMode?: (path: string) => ModeResult;
  /** Value of an environment variable. */
  env(name: string): string | undefined;
}

/** What surrounds a cluster file: where its relative paths start, how to read what they name, and its lock. */
export interface ReferenceContext {
  /** What the lock beside the cluster file says; absent where there is none. */
  readonly locked?: LockedDaemons | undefined;
  /** Stands instead of `alpine.branch`. */
  readonly branch?: string | undefined;
  /** Unix seconds, for what expires; absent = nothing does. */
  readonly now?: number | undefined;
  /** Absolute folder of the cluster file. */
  readonly folder: string;
  readonly reader: ReferenceReader;
}

export function absolutePath(context: ReferenceContext, path: string): string {
  return isAbsolute(path) ? path : join(context.folder, path);
}
