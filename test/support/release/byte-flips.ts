import { closeSync, openSync, readSync, readdirSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';

interface ByteFlip {
  /** Relative to the folder. */
  readonly file: string;
  readonly at: number;
  readonly apply: () => void;
  readonly undo: () => void;
}

/** Changes of one byte each, of files below a folder in turn, at places that the seed decides. */
export function* byteFlips(folder: string, count: number, seed: number): Generator<ByteFlip> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  const random = generator(seed);
  for (let number = 0; number < count; number += 1) {
    const file = files[number % files.length] ?? '';
    const at = random() % statSync(file).size;
    const bits = 1 + (random() % 255);
    const flip = (): void => {
      xorByte(file, at, bits);
    };
    yield { file: path.relative(folder, file), at, apply: flip, undo: flip };
  }
}

function xorByte(file: string, at: number, bits: number): void {
  const handle = openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  readSync(handle, byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ bits;
  writeSync(handle, byte, 0, 1, at);
  closeSync(handle);
}

/** Numbers below 2^31 (Numerical Recipes' linear congruential generator, its upper bits). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const upper = state >>> 8;
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return ((upper << 7) ^ (state >>> 16)) >>> 1;
  };
}
