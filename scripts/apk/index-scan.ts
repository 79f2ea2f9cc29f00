import { VipisoError } from '../core/errors.ts';
import { MentionCollector } from './name-mentions.ts';
import type { NameMentions } from './name-mentions.ts';

/** What one pass over an index text finds: enough to look packages up without parsing them. */
export interface IndexLayout {
  /** Byte offset of each stanza; the text's length closes the list. */
  readonly stanzas: Uint32Array;
  /** Names that packages have or provide. */
  readonly providers: NameMentions;
  /** Names that stand in packages' install_if lists. */
  readonly triggers: NameMentions;
}

const NEWLINE = 0x0a;
const BLANK = 0x20;
const BANG = 0x21;
const COLON = 0x3a;
const LETTER = { name: 0x50, provides: 0x70, installIf: 0x69 } as const;

/** Bytes that end the name in an atom: blank, newline and `< = > @ ~`. */
const NAME_ENDS = new Uint8Array(256);
for (const character of ' \n<=>@~') NAME_ENDS[character.charCodeAt(0)] = 1;

/**
 * Scans stanzas separated by blank lines.
 *
 * @throws VipisoError `malformed-index` naming the first line that is not `letter:value`.
 */
export function scanIndex(text: Buffer): IndexLayout {
  const stanzas: number[] = [];
  const providers = new MentionCollector(text);
  const triggers = new MentionCollector(text);
  let inStanza = false;
  for (let start = 0; start < text.length;) {
    const end = lineEnd(text, start);
    if (end - start < 2) {
      inStanza = false;
    } else {
      if (text[start + 1] !== COLON) throw malformedLine(text, start);
      if (!inStanza) stanzas.push(start);
      inStanza = true;
      const packageId = stanzas.length - 1;
      const letter = text[start];
      if (letter === LETTER.name) providers.add(start + 2, end, packageId);
      else if (letter === LETTER.provides) addAtoms(providers, text, start + 2, end, packageId);
      else if (letter === LETTER.installIf) addAtoms(triggers, text, start + 2, end, packageId);
    }
    start = end + 1;
  }
  return {
    stanzas: Uint32Array.from([...stanzas, text.length]),
    providers: providers.build(),
    triggers: triggers.build(),
  };
}

function lineEnd(text: Buffer, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== NEWLINE) at++;
  return at;
}

function addAtoms(
  collector: MentionCollector,
  text: Buffer,
  start: number,
  end: number,
  packageId: number,
): void {
  for (let at = start; at < end; at++) {
    if (text[at] === BLANK || text[at] === BANG) continue;
    const nameStart = at;
    while (at < end && NAME_ENDS[text[at] ?? 0] === 0) at++;
    if (at > nameStart) collector.add(nameStart, at, packageId);
    while (at < end && text[at] !== BLANK) at++;
  }
}

function malformedLine(text: Buffer, start: number): VipisoError {
  const line = text.subarray(0, start).filter((byte) => byte === NEWLINE).length + 1;
  return new VipisoError(
    'malformed-index',
    `Line ${line} of the package index is not of the form “letter:value”.`,
  );
}
