/** A value that the schema takes alone or as a list, as a list; absent is empty. */
export function listOf<T extends string | number>(
  value: T | readonly T[] | undefined,
): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** Verbatim lines from a list or a block of text, without empty lines at the end. */
export function linesOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  const text = typeof value === 'string' ? value : value.join('\n');
  const lines = text.trimEnd().split(/\r?\n/);
  return lines.length === 1 && lines[0] === '' ? [] : lines;
}
