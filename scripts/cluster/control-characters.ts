import type { DocumentPath } from './document-path.ts';
import type { Finding } from './finding.ts';

/** Control characters, line and paragraph separators, direction marks, byte order marks. */
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff]/u;

/**
 * Every text or key with a control character: a newline in a value would put a line of its own into a
 * configuration file, and direction marks would show something else than what is written. Only `raw` may
 * hold several lines.
 */
export function controlCharacterFindings(
  value: unknown,
  path: DocumentPath = [],
): readonly Finding[] {
  if (typeof value === 'string') return hasForbidden(value, path) ? [finding(path, false)] : [];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => controlCharacterFindings(item, [...path, index]));
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...(FORBIDDEN.test(key) ? [finding([...path, key], true)] : []),
    ...controlCharacterFindings(item, [...path, key]),
  ]);
}

function hasForbidden(text: string, path: DocumentPath): boolean {
  return FORBIDDEN.test(path[0] === 'raw' ? text.replace(/\r?\n|\t/g, '') : text);
}

function finding(path: DocumentPath, atKey: boolean): Finding {
  return {
    code: 'control-character',
    severity: 'error',
    message:
      'the text holds a newline or another control character, which could smuggle a line into a configuration file',
    path,
    atKey,
    hint: 'Write the value on one line.',
  };
}
