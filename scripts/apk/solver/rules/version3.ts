import type { VersionOperator } from '../../version.ts';

/**
 * The version order of apk-tools 3 (src/version.c), which differs from 2.14's where a number has leading zeros, where
 * versions are malformed, and where there is none: a name that is provided without a version has the empty one, which
 * is older than any other.
 */

/** Kinds of parts in apk's order: where versions go on with different kinds, the later kind loses. */
const PART = {
  first: 0,
  digits: 1,
  letter: 2,
  suffix: 3,
  suffixNumber: 4,
  hash: 5,
  revision: 6,
  end: 7,
  invalid: 8,
} as const;
type Kind = (typeof PART)[keyof typeof PART];

interface Part {
  readonly kind: Kind;
  readonly text: string;
}

const END: Part = { kind: PART.end, text: '' };
const INVALID: Part = { kind: PART.invalid, text: '' };
const PRE_RELEASES = ['alpha', 'beta', 'pre', 'rc'];
const SUFFIXES = [...PRE_RELEASES, 'cvs', 'svn', 'git', 'hg', 'p'];

/** What may come next, and behind which kinds. */
const FORMS = [
  { form: /\.?(\d+)/y, kind: PART.digits, from: PART.first, to: PART.digits },
  { form: /(\d+)/y, kind: PART.suffixNumber, from: PART.suffix, to: PART.suffix },
  { form: /([a-z])/y, kind: PART.letter, from: PART.first, to: PART.digits },
  { form: /_([a-z]+)/y, kind: PART.suffix, from: PART.first, to: PART.suffixNumber },
  { form: /~([0-9a-f]+)/y, kind: PART.hash, from: PART.first, to: PART.suffixNumber },
  { form: /-r(\d+)/y, kind: PART.revision, from: PART.first, to: PART.hash },
] as const;

/** Every part of a version, closed by the end or by what apk cannot read. */
function partsOf(version: string): readonly Part[] {
  const [digits] = /^\d+/.exec(version) ?? [];
  if (digits === undefined) return [INVALID];
  const parts: Part[] = [{ kind: PART.first, text: digits }];
  for (let at = digits.length; at < version.length;) {
    const next = partAt(version, at, parts.at(-1)?.kind ?? PART.first);
    if (next === undefined) return [...parts, INVALID];
    parts.push(next.part);
    at = next.end;
  }
  return [...parts, END];
}

/** The part that begins there, behind one of the kind `last`. */
function partAt(
  version: string,
  at: number,
  last: Kind,
): { readonly part: Part; readonly end: number } | undefined {
  for (const { form, kind, from, to } of FORMS) {
    if (last < from || last > to) continue;
    form.lastIndex = at;
    const text = form.exec(version)?.[1];
    if (text === undefined) continue;
    if (kind === PART.suffix && !SUFFIXES.includes(text)) return undefined;
    return { part: { kind, text }, end: form.lastIndex };
  }
  return undefined;
}

export function isValidVersion3(version: string): boolean {
  return partsOf(version).at(-1) === END;
}

/**
 * -1 when `a` is older than `b`, 1 when newer, 0 when apk 3 holds them equal.
 *
 * @param fuzzy `b` equals every version that begins with its parts.
 */
export function compareVersions3(a: string, b: string, fuzzy = false): -1 | 0 | 1 {
  if (a === b) return 0;
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let position = 0; ; position++) {
    const one = left[position] ?? END;
    const other = right[position] ?? END;
    if (one.kind !== other.kind) return compareKinds(one, other, fuzzy);
    if (one.kind >= PART.end) return 0;
    const order = compareValues(one, other);
    if (order !== 0) return order;
  }
}

function compareKinds(one: Part, other: Part, fuzzy: boolean): -1 | 0 | 1 {
  if (fuzzy && other.kind === PART.end) return 0;
  if (isPreRelease(one)) return -1;
  if (isPreRelease(other)) return 1;
  return one.kind > other.kind ? -1 : 1;
}

function isPreRelease({ kind, text }: Part): boolean {
  return kind === PART.suffix && PRE_RELEASES.includes(text);
}

function compareValues(one: Part, other: Part): -1 | 0 | 1 {
  switch (one.kind) {
    case PART.first:
    case PART.suffixNumber:
    case PART.revision:
      return compare(BigInt(one.text), BigInt(other.text));
    case PART.digits:
      return one.text.startsWith('0') || other.text.startsWith('0')
        ? compare(one.text, other.text)
        : compare(BigInt(one.text), BigInt(other.text));
    case PART.suffix:
      return compare(SUFFIXES.indexOf(one.text), SUFFIXES.indexOf(other.text));
    default:
      return compare(one.text, other.text);
  }
}

function compare<T extends number | bigint | string>(a: T, b: T): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @param actual '' for a name that is provided without a version. */
export function isMatch3(actual: string, operator: VersionOperator, wanted: string): boolean {
  const order = compareVersions3(actual, wanted, operator.includes('~'));
  if (order === 0) return operator !== '<' && operator !== '>';
  return operator.startsWith(order < 0 ? '<' : '>');
}
