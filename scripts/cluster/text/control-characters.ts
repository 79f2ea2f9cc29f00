import type { LintFinding } from '../findings/finding.ts';
import { codePoint } from '../values/host-name.ts';
import type { DocumentPath } from './document-path.ts';

/** Control characters, line and paragraph separators, and what shows nowhere: direction marks, joiners, zero width. */
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/u;

/**
 * Every text or key with a control character: a newline in a value would put a line of its own into a
 * configuration file, and direction marks would show something else than what is written. Only `raw` may
 * hold several lines.
 */
export function controlCharacterFindings(
  value: unknown,
  path: DocumentPath = [],
): readonly LintFinding[] {
  if (typeof value === 'string') {
    const found = forbiddenIn(value, path);
    return found === undefined ? [] : [finding(path, false, found)];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => controlCharacterFindings(item, [...path, index]));
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const found = FORBIDDEN.exec(key)?.[0];
    return [
      ...(found === undefined ? [] : [finding([...path, key], true, found)]),
      ...(key === '__proto__' && namesFreely(path) ? [lostKey([...path, key])] : []),
      ...controlCharacterFindings(item, [...path, key]),
    ];
  });
}

/** Whether the keys of a mapping are names of the user's, of which the schema refuses none by itself. */
function namesFreely(path: DocumentPath): boolean {
  return (
    path[0] === 'raw' ||
    /^(headers|priorities|host_keys|host_certificates)$/.test(String(path.at(-1)))
  );
}

/** The schema's library drops this key of a mapping without a word. */
function lostKey(path: DocumentPath): LintFinding {
  const message = 'what is called __proto__ cannot be taken from a mapping';
  const hint = 'Give it another name.';
  return { code: 'invalid-value', severity: 'error', message, path, atKey: true, hint };
}

function forbiddenIn(text: string, path: DocumentPath): string | undefined {
  return FORBIDDEN.exec(path[0] === 'raw' ? text.replace(/\r?\n|\t/g, '') : text)?.[0];
}

function finding(path: DocumentPath, atKey: boolean, found: string): LintFinding {
  const shows = /[\n\r]/.test(found);
  const message = /\p{Cf}/u.test(found)
    ? `the text holds ${codePoint(found)}, a character that does not show: it was pasted along and would go into a configuration file`
    : 'the text holds a newline or another control character, which could smuggle a line into a configuration file';
  const hint = shows ? 'Write the value on one line.' : 'Type the value again.';
  return { code: 'control-character', severity: 'error', message, path, atKey, hint };
}
