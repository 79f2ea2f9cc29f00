import { VipisoError } from '../../../core/errors.ts';
import type { Line } from '../stanza-lines.ts';
import { eachName } from './atoms.ts';
import { lineEnd } from './byte-string.ts';
import { Int32Vector } from './int32-vector.ts';
import { NameIndexBuilder } from './name-index.ts';
import type { NameIndex } from './name-index.ts';

/** What one pass over an index text finds: enough to look packages up without parsing them. */
export interface IndexLayout {
  /** Where each stanza starts; the text's length closes the list. */
  readonly stanzas: Int32Array;
  /** Build time of the newest package, in Unix seconds; 0 when none is given. */
  readonly newestBuild: number;
  /** Where each package's name starts; 0 where a stanza has none. */
  readonly names: Int32Array;
  /** Names that packages have or provide; like apk, of a list just those before the first atom that is none. */
  readonly providers: NameIndex;
  /** Names that are in packages' install_if lists. */
  readonly triggers: NameIndex;
}

const COLON = 0x3a;
const LETTER = { name: 0x50, provides: 0x70, installIf: 0x69, buildTime: 0x74 } as const;
/** Times are kept in 32 bits, which end in 2106. */
const LATEST_TIME = 2 ** 32 - 1;

/**
 * Scans stanzas separated by blank lines.
 *
 * @throws VipisoError `malformed-index` naming the first line that is not `letter:value`.
 */
export function scanIndex(text: Buffer): IndexLayout {
  const stanzas = new Int32Vector();
  const names = new Int32Vector();
  const providers = new NameIndexBuilder(text);
  const triggers = new NameIndexBuilder(text);
  const { length } = text;
  let newestBuild = 0;
  let packageId = -1;
  let inStanza = false;
  for (let start = 0, end; start < length; start = end + 1) {
    end = lineEnd(text, start);
    if (end - start < 2) {
      inStanza = false;
      continue;
    }
    if (text[start + 1] !== COLON) throw malformedLine(text, start);
    if (!inStanza) {
      packageId = stanzas.length;
      stanzas.push(start);
      names.push(0);
      inStanza = true;
    }
    const letter = text[start];
    if (letter === LETTER.name) {
      names.set(packageId, start + 2);
      providers.add(start + 2, end, packageId);
    } else if (letter === LETTER.provides)
      addNames(providers, text, { start: start + 2, end }, packageId);
    else if (letter === LETTER.installIf)
      addNames(triggers, text, { start: start + 2, end }, packageId);
    else if (letter === LETTER.buildTime) {
      const time = Number(text.toString('latin1', start + 2, end));
      if (time > newestBuild && time <= LATEST_TIME) newestBuild = time;
    }
  }
  stanzas.push(length);
  return {
    newestBuild,
    stanzas: stanzas.toArray(),
    names: names.toArray(),
    providers: providers.build(),
    triggers: triggers.build(),
  };
}

function addNames(collector: NameIndexBuilder, text: Buffer, list: Line, packageId: number): void {
  eachName(text, list, (start, end) => {
    collector.add(start, end, packageId);
  });
}

/** Where a package's stanza stands. */
export function stanzaAt({ stanzas }: IndexLayout, id: number): Line {
  return { start: stanzas[id] ?? 0, end: stanzas[id + 1] ?? 0 };
}

function malformedLine(text: Buffer, start: number): VipisoError {
  const line = text.toString('latin1', 0, start).split('\n').length;
  return new VipisoError(
    'malformed-index',
    `Line ${line} of the package index is not of the form “letter:value”.`,
  );
}
