import { closest, distance } from 'fastest-levenshtein';

/** The nearest known word, when it is near enough to be a slip of the fingers. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const guess = closest(
    word.toLowerCase().replaceAll('-', '_'),
    known.map((name) => name.toLowerCase()),
  );
  const original = known.find((name) => name.toLowerCase() === guess);
  return original !== undefined &&
    distance(word.toLowerCase(), guess) <= Math.max(2, word.length / 3)
    ? original
    : undefined;
}
