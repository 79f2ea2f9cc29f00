import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import type { SourceMapPayload } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** `file:///opt/vipiso/out/tool/part-X.js:12:5` in a stack. Both numbers count from one. */
const POSITION = /(file:\/\/[^\s():]+\.js|\/[^\s():]+\.js):(\d+):(\d+)/g;

/**
 * A stack of the bundled tool with the positions of its sources, by the source maps beside its parts. What has no map
 * stays as it is. Node's own `--enable-source-maps` would read every map at every start.
 */
export function withSourcePositions(stack: string): string {
  const maps = new Map<string, SourceMap | undefined>();
  return stack.replace(POSITION, (whole, place: string, line: string, column: string) => {
    const file = place.startsWith('file:') ? fileURLToPath(place) : place;
    if (!maps.has(file)) maps.set(file, readMap(file));
    const entry = maps.get(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !('originalSource' in entry)) return whole;
    const source = path.resolve(path.dirname(file), entry.originalSource);
    return `${shorten(source)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapPayload);
  } catch {
    // Sources run by tsx have no maps, and a damaged one must not hide the failure that is told of.
    return undefined;
  }
}

/** From `scripts` or `node_modules` on: the sources are not where the tool is installed. */
function shorten(source: string): string {
  return /(?:^|\/)((?:scripts|node_modules)\/.*)$/.exec(source)?.[1] ?? source;
}
