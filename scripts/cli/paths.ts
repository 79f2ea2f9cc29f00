import path from 'node:path';
import { parseSource } from '../host/download/source-address.ts';
import type { Host } from '../host/host.ts';

/** A path of the command line as the workflows want it: absolute. */
export function absolutePath(host: Pick<Host, 'cwd'>, given: string): string;
export function absolutePath(
  host: Pick<Host, 'cwd'>,
  given: string | undefined,
): string | undefined;
export function absolutePath(
  { cwd }: Pick<Host, 'cwd'>,
  given: string | undefined,
): string | undefined {
  return given === undefined ? undefined : path.resolve(cwd, given);
}

/**
 * A URL of the command line as it is, a path as an absolute one.
 * @throws VipisoError usage for a URL scheme that cannot be read
 */
export function absoluteSource(
  host: Pick<Host, 'cwd'>,
  given: string | undefined,
): string | undefined {
  if (given === undefined) return undefined;
  const source = parseSource(given);
  return source.kind === 'http' ? given : absolutePath(host, source.path);
}
