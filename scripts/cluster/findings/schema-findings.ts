import type { z } from 'zod';
import type { DocumentPath } from '../text/document-path.ts';
import { didYouMean } from './did-you-mean.ts';
import type { LintFinding } from './finding.ts';
import { keysAt } from './schema-keys.ts';

type Issue = z.core.$ZodIssue;

/** Zod's issues as findings: one per unknown key, and the fitting branch of each union. */
export function schemaFindings(issues: readonly Issue[], value: unknown): readonly LintFinding[] {
  return issues.flatMap((issue) => findingsOf(issue, [], value));
}

function findingsOf(issue: Issue, base: DocumentPath, root: unknown): readonly LintFinding[] {
  const path = [
    ...base,
    ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part)),
  ];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key));
    case 'invalid_union':
      return unionFindings(issue.errors, path, root);
    case 'invalid_key':
      return [invalid(path, issue.issues[0]?.message ?? 'this key is not allowed', true)];
    case 'invalid_type':
      return [wrongType(path, issue.expected, valueAt(root, path))];
    case 'invalid_value':
      return [notOneOf(path, issue.values.map(String), valueAt(root, path))];
    case 'too_small':
    case 'too_big':
      return [invalid(path, boundsMessage(issue))];
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'not_multiple_of':
      return [invalid(path, issue.message)];
  }
}

/**
 * The branch of a union that the value was meant for: the one whose mistakes lie deepest inside the value;
 * a branch that already refuses the value's kind is none.
 */
function unionFindings(
  branches: readonly (readonly Issue[])[],
  path: DocumentPath,
  root: unknown,
): readonly LintFinding[] {
  const actual = valueAt(root, path);
  const kindOfMapping = wrongDiscriminator(branches);
  if (kindOfMapping !== undefined) {
    const place = [...path, ...kindOfMapping.path];
    return [notOneOf(place, kindOfMapping.values, valueAt(root, place))];
  }
  const fitting = branches.filter((issues) => !issues.some((issue) => refusesKind(issue)));
  const [best] = [...fitting].sort((a, b) => score(b) - score(a));
  if (best !== undefined) return best.flatMap((issue) => findingsOf(issue, path, root));
  const values = branches
    .flat()
    .flatMap((issue) => (issue.code === 'invalid_value' ? issue.values.map(String) : []));
  if (values.length > 0) return [notOneOf(path, values, actual)];
  const kinds = branches
    .flat()
    .flatMap((issue) =>
      issue.code === 'invalid_type' && issue.path.length === 0 ? [issue.expected] : [],
    );
  return [wrongType(path, [...new Set(kinds)].join('|') || 'another value', actual)];
}

/** A key such as `type`, that tells the mappings of a union apart and has a value of none: all that it may be. */
function wrongDiscriminator(
  branches: readonly (readonly Issue[])[],
): { readonly path: DocumentPath; readonly values: readonly string[] } | undefined {
  const literals = branches.map((issues) =>
    issues.find((issue) => issue.code === 'invalid_value' && issue.path.length === 1),
  );
  const found = literals.filter((issue) => issue?.code === 'invalid_value');
  const [first] = found;
  if (first === undefined || found.length < 2) return undefined;
  const key = String(first.path[0]);
  const others = branches.filter((_, index) => literals[index] === undefined);
  if (
    found.some(({ path }) => path[0] !== key) ||
    !others.every((issues) => issues.some(refusesKind))
  )
    return undefined;
  return { path: [key], values: found.flatMap(({ values }) => values.map(String)) };
}

function refusesKind(issue: Issue): boolean {
  return (
    issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value')
  );
}

/** Deep and few mistakes mean a near fit. */
function score(issues: readonly Issue[]): number {
  return Math.max(...issues.map(({ path }) => path.length)) * 100 - issues.length;
}

function unknownKey(path: DocumentPath, key: string): LintFinding {
  const known = keysAt(path);
  const guess = didYouMean(key, known);
  return {
    code: 'unknown-key',
    severity: 'error',
    message: `${quoted(key)} is not a key of ${path.length === 0 ? 'the cluster file' : 'this mapping'}`,
    path: [...path, key],
    atKey: true,
    hint:
      guess === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean ${quoted(guess)}?`,
  };
}

function wrongType(path: DocumentPath, expected: string, actual: unknown): LintFinding {
  if (actual === undefined) {
    const name = String(path.at(-1) ?? 'the document');
    const message = `${quoted(name)} is missing`;
    return {
      code: 'missing',
      severity: 'error',
      message,
      path,
      hint: `Add ${quoted(name)}: ${expectedText(expected)}.`,
    };
  }
  const message = `expected ${expectedText(expected)}, found ${kindOf(actual)}`;
  const hint =
    expected.split('|').includes('string') && typeof actual !== 'object'
      ? 'Put the value in quotes.'
      : undefined;
  return {
    code: 'wrong-type',
    severity: 'error',
    message,
    path,
    ...(hint === undefined ? {} : { hint }),
  };
}

function notOneOf(path: DocumentPath, values: readonly string[], actual: unknown): LintFinding {
  if (actual === undefined) return wrongType(path, values.join('|'), actual);
  const guess = typeof actual === 'string' ? didYouMean(actual, values) : undefined;
  return {
    code: 'invalid-value',
    severity: 'error',
    message: `expected ${values.length === 1 ? '' : 'one of '}${values.join(', ')}, found ${shown(actual)}`,
    path,
    ...(guess === undefined ? {} : { hint: `Did you mean ${quoted(guess)}?` }),
  };
}

function invalid(path: DocumentPath, message: string, atKey = false): LintFinding {
  return { code: 'invalid-value', severity: 'error', message, path, atKey };
}

function boundsMessage(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  if (!issue.message.startsWith('Too ')) return issue.message;
  return issue.code === 'too_small'
    ? `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`
    : `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
}

const KIND_TEXT: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

function expectedText(kinds: string): string {
  return kinds
    .split('|')
    .map((kind) => KIND_TEXT[kind] ?? kind)
    .join(' or ');
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string'
    ? shown(value)
    : typeof value;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value);
}

function quoted(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return JSON.stringify(short);
}

function valueAt(root: unknown, path: DocumentPath): unknown {
  return path.reduce<unknown>((value, part) => {
    if (value === null || typeof value !== 'object') return undefined;
    return Object.hasOwn(value, part)
      ? (value as Record<string | number, unknown>)[part]
      : undefined;
  }, root);
}
