import { isMap, isScalar, parseDocument } from 'yaml';
import type { Document, Pair, YAMLMap } from 'yaml';

/**
 * The text of a cluster file with another `alpine.branch`; everything else, comments and spacing too, stays.
 * Undefined where the text is laid out so that this cannot be done: the user has to.
 */
export function setBranch(text: string, branch: string): string | undefined {
  const document = parseDocument(text);
  const changed = spliced(text, document, branch);
  if (changed === undefined) return undefined;
  const result = parseDocument(changed);
  const sound = result.errors.length === 0 && result.getIn(['alpine', 'branch']) === branch;
  return sound ? changed : undefined;
}

function spliced(text: string, document: Document, branch: string): string | undefined {
  const written = document.getIn(['alpine', 'branch'], true);
  if (isScalar(written) && written.range) return splice(text, written.range, branch);
  if (!isMap(document.contents) || document.contents.flow === true) return undefined;
  const alpine = pairOf(document.contents, 'alpine');
  if (alpine === undefined) return `${text.replace(/\n*$/, '\n')}alpine:\n  branch: ${branch}\n`;
  if (!isMap(alpine.value)) {
    const key = isScalar(alpine.key) ? alpine.key.range?.[1] : undefined;
    return key === undefined ? undefined : afterLine(text, key, `  branch: ${branch}\n`);
  }
  const first = alpine.value.items[0]?.key;
  if (!isScalar(first) || !first.range || alpine.value.flow === true) return undefined;
  const [start] = first.range;
  const indent = text.slice(text.lastIndexOf('\n', start) + 1, start);
  return `${text.slice(0, start)}branch: ${branch}\n${indent}${text.slice(start)}`;
}

function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && key.value === name);
}

function splice(text: string, [start, end]: readonly number[], value: string): string {
  return `${text.slice(0, start)}${value}${text.slice(end)}`;
}

function afterLine(text: string, at: number, line: string): string {
  const end = text.indexOf('\n', at);
  return end < 0 ? `${text}\n${line}` : `${text.slice(0, end + 1)}${line}${text.slice(end + 1)}`;
}
