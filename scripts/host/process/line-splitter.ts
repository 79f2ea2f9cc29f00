/**
 * Cuts a stream of text chunks into lines; `\n`, `\r\n` and a lone `\r` (progress displays) end one.
 * Call the returned `end` once to deliver a last line without an ending.
 */
export function splitLines(onLine: (line: string) => void): {
  readonly write: (chunk: string) => void;
  readonly end: () => void;
} {
  let pending = '';
  return {
    write(chunk) {
      const lines = (pending + chunk).split(/\r\n|\n|\r(?=[^\n])/);
      pending = lines.pop() ?? '';
      lines.forEach(onLine);
    },
    end() {
      const last = pending.replace(/\r$/, '');
      pending = '';
      if (last !== '') onLine(last);
    },
  };
}
