import { compareStrings } from '../../core/digest.ts';

/** What an image consists of, by meaning. */
export const SECTIONS = [
  'medium',
  'boot entries',
  'kernel arguments',
  'packages',
  'overlay',
  'initramfs',
  'modloop',
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
  return SECTIONS.flatMap((section) => {
    const names = [...new Set([...a[section].keys(), ...b[section].keys()])].sort(compareStrings);
    return names
      .map((name) => ({ section, name, a: a[section].get(name), b: b[section].get(name) }))
      .filter((it) => it.a !== it.b);
  });
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
