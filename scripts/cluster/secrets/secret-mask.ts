import type { Diagnostic, SourceSpan } from '../../core/diagnostic.ts';
import type { DocumentPath } from '../text/document-path.ts';
import { readYaml } from '../text/read-yaml.ts';

/** Keys whose values are secret, and misspellings of them. */
const SECRET_KEY = /pass|secret|hash|host_?key/i;
/** Keys below such a one that say where the secret is, not what. */
const REFERENCES = ['file', 'env', 'sops', 'key', 'age', 'identity'];
/** Shorter values may be ordinary words of any message. */
const TELLING_LENGTH = 5;
const MASK = '*';

/** `key: value` where nothing more is known of the text: up to the end of the line, or of a flow collection's part. */
const WRITTEN =
  /((?:^|[\s{,"'-])[\w.-]*(?:pass|secret|hash|host_?key)[\w.-]*["']?[ \t]*:[ \t]+)("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s{["'#,}][^#,}\n]*|["'][^\n]*)/gim;

/** The same text with its secrets starred out, character by character: lines and columns stay what they are. */
export function maskSecretText(text: string): string {
  const { spans } = secretsIn(text);
  const lines = text.split('\n').map((line) => [...line.split('')]);
  for (const { start, end } of spans) {
    for (let number = start.line; number <= end.line; number += 1) {
      const line = lines[number - 1] ?? [];
      const from = number === start.line ? start.column - 1 : 0;
      const to = number === end.line ? end.column - 1 : line.length;
      for (let at = from; at < Math.min(to, line.length); at += 1) {
        if (!/\s/.test(line[at] ?? '')) line[at] = MASK;
      }
    }
  }
  const masked = lines.map((line) => line.join('')).join('\n');
  return masked.replace(WRITTEN, (_, key: string, value: string) => key + stars(value));
}

/** What was found, with no secret of the text in its words. */
export function maskSecretFindings(
  diagnostics: readonly Diagnostic[],
  text: string,
): readonly Diagnostic[] {
  const { values } = secretsIn(text);
  if (values.length === 0) return diagnostics;
  return diagnostics.map((diagnostic) => {
    const isAbout = SECRET_KEY.test(diagnostic.path);
    const secrets = values.filter((it) => isAbout || it.length >= TELLING_LENGTH);
    const masked = (words: string): string =>
      secrets.reduce((all, secret) => all.replaceAll(secret, '***'), words);
    const { message, hint } = diagnostic;
    return {
      ...diagnostic,
      message: masked(message),
      ...(hint !== undefined && { hint: masked(hint) }),
    };
  });
}

interface Secrets {
  readonly spans: readonly SourceSpan[];
  /** As text, longest first. */
  readonly values: readonly string[];
}

function secretsIn(text: string): Secrets {
  const { value, map } = readYaml(text);
  const found = [...secretScalars(value, [], false)];
  const written = [...text.matchAll(WRITTEN)].map(([, , word = '']) =>
    word.trim().replace(/^[*&!]|^["']|["']$/g, ''),
  );
  const values = [...found.map(({ value }) => value), ...written].filter((it) => it !== '');
  return {
    spans: found.map(({ path }) => map.span(path)),
    values: [...new Set(values)].sort((a, b) => b.length - a.length),
  };
}

function* secretScalars(
  value: unknown,
  path: DocumentPath,
  isSecret: boolean,
): Generator<{ readonly path: DocumentPath; readonly value: string }> {
  if (typeof value === 'object' && value !== null) {
    const isList = Array.isArray(value);
    for (const [key, inner] of Object.entries(value)) {
      const isReference = isSecret && !isList && REFERENCES.includes(key);
      const step = isList ? Number(key) : key;
      yield* secretScalars(
        inner,
        [...path, step],
        !isReference && (isSecret || (!isList && SECRET_KEY.test(key))),
      );
    }
  } else if (isSecret && ['string', 'number', 'bigint', 'boolean'].includes(typeof value)) {
    yield { path, value: String(value) };
  }
}

function stars(text: string): string {
  return text.replace(/\S/g, MASK);
}
