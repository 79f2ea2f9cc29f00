import { fileURLToPath } from 'node:url';
import { VipisoError } from '../../core/errors.ts';

/** Where bytes can be had: a URL, or a path of this machine. */
export type SourceAddress =
  { readonly kind: 'http'; readonly url: URL } | { readonly kind: 'file'; readonly path: string };

/** @throws VipisoError usage for a scheme that is not http, https or file */
export function parseSource(source: string): SourceAddress {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(source)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return { kind: 'file', path: source };
    case 'file':
      return { kind: 'file', path: fileURLToPath(source) };
    case 'http':
    case 'https':
      return { kind: 'http', url: httpUrl(source) };
    default:
      throw new VipisoError('usage', `cannot read from ${withoutCredentials(source)}: ${scheme}`, {
        hint: 'Use https://, http://, file:// or the path of a folder.',
      });
  }
}

function httpUrl(source: string): URL {
  if (!URL.canParse(source)) {
    throw new VipisoError('usage', `not a URL: ${withoutCredentials(source)}`);
  }
  return new URL(source);
}

/** An address as it may be shown and stored: without user name, password and query. */
export function withoutCredentials(source: string): string {
  return source
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1')
    .replace(/^(https?:\/\/[^?#]*)[?#].*$/i, '$1');
}

/** `base` and `relative` joined by exactly one slash; the path keeps characters such as `+` as they are. */
export function below(base: string, relative: string): string {
  return `${base.replace(/\/+$/, '')}/${relative}`;
}
