import { compareStrings } from '../../core/digest.ts';
import { compareVersions } from '../version.ts';
import { bytesToString } from './scan/byte-string.ts';
import type { ByteString } from './scan/byte-string.ts';
import { stanzaAt } from './scan/index-scan.ts';
import type { IndexLayout } from './scan/index-scan.ts';
import { stanzaSummary } from './stanza-summary.ts';

/** Whether the stanzas are as `apk index` (apk-tools, src/app_index.c) writes them: by name without regard to case, then by version. */
export function isCanonical(text: Buffer, layout: IndexLayout): boolean {
  for (let id = 1; id < layout.names.length; id++) {
    if (!isOrderedPair(text, layout, id - 1)) return false;
  }
  return true;
}

/** The same stanzas in canonical order, one blank line behind each. */
export function canonicalText(text: Buffer, layout: IndexLayout): ByteString {
  const keys = [...layout.names.keys()].map((id) => sortKey(text, layout, id));
  keys.sort(compareKeys);
  return keys.map((key) => `${key.stanza.trimEnd()}\n`).join('\n');
}

interface SortKey {
  readonly name: string;
  readonly version: string;
  readonly stanza: string;
}

const NEWLINE = 0x0a;
const UPPER = { first: 0x41, last: 0x5a, toLower: 0x20 } as const;

/**
 * Compares the names of two neighbours letter by letter, for most differ there: the whole key of a stanza is
 * worked out only where that decides nothing.
 */
function isOrderedPair(text: Buffer, layout: IndexLayout, id: number): boolean {
  let a = layout.names[id] ?? 0;
  let b = layout.names[id + 1] ?? 0;
  for (; ; a++, b++) {
    const left = folded(text[a] ?? NEWLINE);
    const right = folded(text[b] ?? NEWLINE);
    if (left < right) return true;
    if (left > right) return false;
    if (left === NEWLINE) break;
  }
  return compareKeys(sortKey(text, layout, id), sortKey(text, layout, id + 1)) <= 0;
}

/** Lower case; the line's end, being a control character, is before everything in a name. */
function folded(code: number): number {
  return code >= UPPER.first && code <= UPPER.last ? code + UPPER.toLower : code;
}

function sortKey(text: Buffer, layout: IndexLayout, id: number): SortKey {
  const stanza = stanzaAt(layout, id);
  const { name, version } = stanzaSummary(text, stanza);
  return { name, version, stanza: bytesToString(text, stanza.start, stanza.end) };
}

function compareKeys(a: SortKey, b: SortKey): number {
  return (
    compareNames(a.name, b.name) ||
    compareVersions(a.version, b.version) ||
    compareStrings(a.stanza, b.stanza)
  );
}

/** Order in which apk shows names: without regard to the case of ASCII letters, else by bytes. */
export function compareNames(a: string, b: string): -1 | 0 | 1 {
  return compareStrings(foldCase(a), foldCase(b)) || compareStrings(a, b);
}

function foldCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
