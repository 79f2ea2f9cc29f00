import { parseDependency } from '../../dependency.ts';
import type { Line } from '../stanza-lines.ts';
import { bytesToString } from './byte-string.ts';

const BLANK = 0x20;
const BANG = 0x21;
const DASH = 0x2d;
const DOT = 0x2e;
const EQUALS = 0x3d;
const REVISION = 0x72;
/** As many digits in a row are a number in any version. */
const SHORT = 9;

/** Characters that are part of a name wherever they are in an atom: all visible ones but `<=>~@`. */
const IN_NAMES = new Uint8Array(256);
for (let code = 0x21; code < 0x7f; code++) IN_NAMES[code] = 1;
for (const character of '<=>~@') IN_NAMES[character.charCodeAt(0)] = 0;

/**
 * Calls `visit` with where each atom's name is in a list of them, and like apk stops at the first that is no
 * dependency.
 *
 * @returns whether every atom was one
 */
export function eachName(
  bytes: Buffer,
  { start, end }: Line,
  visit: (start: number, end: number) => void,
): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] === BLANK) continue;
    const nameStart = bytes[at] === BANG ? at + 1 : at;
    let nameEnd = nameStart;
    while (nameEnd < end && IN_NAMES[bytes[nameEnd] ?? 0] === 1) nameEnd++;
    let atomEnd = nameEnd;
    while (atomEnd < end && bytes[atomEnd] !== BLANK) atomEnd++;
    const plain =
      nameEnd > nameStart && (atomEnd === nameEnd || isPlainVersion(bytes, nameEnd, atomEnd));
    if (!plain) {
      const dependency = parseDependency(bytesToString(bytes, at, atomEnd));
      if (dependency === undefined) return false;
      nameEnd = nameStart + dependency.name.length;
    }
    visit(nameStart, nameEnd);
    at = atomEnd;
  }
  return true;
}

/** Whether `=1.2.3` or `=1.2.3-r4` is there: nearly all versions that packages provide. */
function isPlainVersion(bytes: Buffer, start: number, end: number): boolean {
  if (bytes[start] !== EQUALS) return false;
  let at = start;
  do {
    const next = pastDigits(bytes, at + 1, end);
    if (next === at + 1 || next - at > SHORT) return false;
    at = next;
  } while (bytes[at] === DOT && at < end);
  if (at === end) return true;
  if (bytes[at] !== DASH || bytes[at + 1] !== REVISION) return false;
  const last = pastDigits(bytes, at + 2, end);
  return last === end && last > at + 2 && last - at < SHORT;
}

function pastDigits(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39) at++;
  return at;
}
