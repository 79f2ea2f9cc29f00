/** Way to a value in a document: keys and list indexes from the root. */
export type DocumentPath = readonly (string | number)[];

/** `nodes[1].address`: the form that people and `Diagnostic.path` use; the root is the empty text. */
export function formatPath(path: DocumentPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

/** Whether one path leads to the other or to something inside it. */
export function pathsMeet(a: DocumentPath, b: DocumentPath): boolean {
  const shared = Math.min(a.length, b.length);
  return a.slice(0, shared).every((part, index) => part === b[index]);
}
