import { createHash } from 'node:crypto';

declare const brand: unique symbol;

/** A SHA-256 digest: 64 lower-case hexadecimal digits. */
export type Sha256 = string & { readonly [brand]: 'Sha256' };

const SHA256_PATTERN = /^[0-9a-f]{64}$/;

export function isSha256(text: string): text is Sha256 {
  return SHA256_PATTERN.test(text);
}

/** @param pieces of what is digested, in their order */
export function sha256(...pieces: readonly (string | Uint8Array)[]): Sha256 {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex') as Sha256;
}

/**
 * Digest of any JSON-like value, independent of key order: the key of a cache entry.
 * `undefined` members are left out, as JSON does.
 */
export function digestOf(value: unknown): Sha256 {
  return sha256(JSON.stringify([sortKeys(value)]));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => compareStrings(a, b));
  return Object.fromEntries(entries.map(([key, member]) => [key, sortKeys(member)]));
}

/** Order of UTF-16 code units: the same in every locale, unlike `localeCompare`. */
export function compareStrings(a: string, b: string): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}
