import { compareStrings } from '../core/digest.ts';
import type { IndexLayout } from './index-scan.ts';
import { compareVersions } from './version.ts';

/** Identity of a stanza for sorting, read without parsing the rest of it. */
interface SortKey {
  readonly name: string;
  readonly folded: string;
  readonly version: string;
  readonly text: string;
}

/** Whether the stanzas stand as `apk index` writes them: by name without regard to case, then by version. */
export function isCanonical(text: Buffer, layout: IndexLayout): boolean {
  const count = layout.stanzas.length - 1;
  for (let id = 1, before = sortKey(text, layout, 0); id < count; id++) {
    const key = sortKey(text, layout, id);
    if (compareKeys(before, key) > 0) return false;
    before = key;
  }
  return true;
}

/** The same stanzas in canonical order, one blank line behind each. */
export function canonicalText(text: Buffer, layout: IndexLayout): Buffer {
  const ids = [...layout.stanzas.keys()].slice(0, -1);
  const keys = ids.map((id) => sortKey(text, layout, id)).sort(compareKeys);
  return Buffer.from(keys.map((key) => `${key.text.trimEnd()}\n`).join('\n'));
}

function compareKeys(a: SortKey, b: SortKey): number {
  return (
    compareStrings(a.folded, b.folded) ||
    compareStrings(a.name, b.name) ||
    compareVersions(a.version, b.version) ||
    compareStrings(a.text, b.text)
  );
}

function sortKey(text: Buffer, layout: IndexLayout, id: number): SortKey {
  const stanza = text.toString('utf8', layout.stanzas[id], layout.stanzas[id + 1]);
  const name = /^P:(.*)$/m.exec(stanza)?.[1] ?? '';
  const version = /^V:(.*)$/m.exec(stanza)?.[1] ?? '';
  return { name, folded: name.toLowerCase(), version, text: stanza };
}
