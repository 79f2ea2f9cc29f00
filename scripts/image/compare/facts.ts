import { randomUUID } from 'node:crypto';
import { compareStrings, sha256 } from '../../core/digest.ts';

/** What an image consists of, by meaning. */
export const SECTIONS = [
  'medium',
  'boot entries',
  'kernel arguments',
  'packages',
  'package files',
  'overlay',
  'overlay image',
  'initramfs',
  'modloop',
  'EFI image',
  'files',
] as const;
export type Section = (typeof SECTIONS)[number];

/** What is known of an image: per section, a text for each thing in it. */
export type Facts = Readonly<Record<Section, ReadonlyMap<string, string>>>;

/** One thing that two images do not have in common; `undefined` = that image does not have it. */
export interface Difference {
  readonly section: Section;
  readonly name: string;
  readonly a: string | undefined;
  readonly b: string | undefined;
}

/** In the order of sections and names. */
export function compareFacts(a: Facts, b: Facts): readonly Difference[] {
  return SECTIONS.flatMap((section) => compareMaps(section, a[section], b[section]));
}

/** In the order of names. */
export function compareMaps(
  section: Section,
  a: ReadonlyMap<string, string>,
  b: ReadonlyMap<string, string>,
): readonly Difference[] {
  const names = [...new Set([...a.keys(), ...b.keys()])].sort(compareStrings);
  return names
    .map((name) => ({ section, name, a: a.get(name), b: b.get(name) }))
    .filter((it) => it.a !== it.b)
    .map((it) => ({ ...it, a: it.a && withoutGuess(it.a), b: it.b && withoutGuess(it.b) }));
}

const OWNERS_ALONE = 'other content, of root alone ';

/** What is compared of a file that holds secrets: whoever sees no more than this can hold no guess against it. */
export function guarded(digest: string): string {
  return `${OWNERS_ALONE}${sha256(`${SALT}${digest}`)}`;
}

/** One for each run: digests by it compare with each other, and with nothing else. */
const SALT = randomUUID();

function withoutGuess(text: string): string {
  const at = text.indexOf(OWNERS_ALONE);
  return at === -1 ? text : text.slice(0, at + OWNERS_ALONE.length).trimEnd();
}

/** For people: sections with a line for each difference; empty when there is none. */
export function formatDifferences(differences: readonly Difference[]): readonly string[] {
  return SECTIONS.flatMap((section) => {
    const here = differences.filter((it) => it.section === section);
    return here.length === 0 ? [] : [`${section}:`, ...here.map((it) => `  ${lineOf(it)}`)];
  });
}

function lineOf({ name, a, b }: Difference): string {
  if (a === undefined) return `+ ${name}: ${b ?? ''}`;
  return b === undefined ? `- ${name}: ${a}` : `~ ${name}: ${a} -> ${b}`;
}
