import { dirname, isAbsolute, join, normalize } from 'node:path';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { absolutePath } from '../references.ts';
import type { ReferenceContext } from '../references.ts';
import { maskSecretText } from '../secrets/secret-mask.ts';
import { joinLayers, layersOf } from './layers.ts';
import type { ValueLayer } from './layers.ts';
import { readYaml } from './read-yaml.ts';
import type { SourceMap } from './source-map.ts';

/** Includes of includes count too. */
const MAX_INCLUDED = 32;

/** A file that a cluster file includes. */
export interface IncludedText {
  /** Relative to the folder of the cluster file, or absolute, as written. */
  readonly name: string;
  readonly text: string;
}

export interface ClusterDocument {
  /** Plain data of the file and all that it includes; undefined when one of them is not YAML. */
  readonly value: unknown;
  readonly map: SourceMap;
  readonly diagnostics: readonly Diagnostic[];
  readonly included: readonly IncludedText[];
}

/**
 * Reads a cluster file and the files that it includes (`include: FILE` or a list; each may include others). What a file
 * says itself wins over what it includes, a later include over an earlier one; mappings are joined, lists replaced.
 * Keys that begin with `x-` at the top of a file are left out: they are there for anchors.
 */
export function readDocument(text: string, context: ReferenceContext): ClusterDocument {
  const main = readYaml(text);
  const reading = { context, layers: [], diagnostics: [], open: [] };
  if (main.value !== undefined) include(main, '', reading);
  const { layers, diagnostics } = reading as Reading;
  const own = withoutNulls(withoutAnchors(main.value));
  const all = [...main.diagnostics, ...diagnostics];
  const included = layers.map(({ name, text: part }) => ({ name, text: part }));
  if (layers.length === 0) return { value: own, map: main.map, diagnostics: all, included };
  const values = [own, ...layers.map(({ value }) => value)];
  return {
    value: joinLayers(values),
    map: main.map.withIncluded(layersOf(own, layers)),
    diagnostics: all,
    included,
  };
}

interface Reading {
  readonly context: ReferenceContext;
  /** What wins first. */
  readonly layers: (ValueLayer & IncludedText)[];
  readonly diagnostics: Diagnostic[];
  /** The files that are being read: one of them again would have no end. */
  readonly open: string[];
}

type Read = ReturnType<typeof readYaml>;

/** @param from name of the file that was read; empty for the cluster file, whose diagnostics have spans */
function include({ value, map }: Read, from: string, reading: Reading, text = ''): void {
  for (const { written, path } of includesOf(value).reverse()) {
    const name = isAbsolute(written) ? written : normalize(join(dirname(from), written));
    const problem = readLayer(name, reading);
    if (problem === undefined) continue;
    const place = {
      code: 'include',
      severity: 'error',
      path: 'include',
      message: problem,
    } as const;
    const hint = 'An included file has some of the keys of a cluster file.';
    const span = map.span(path);
    const own = {
      file: from,
      line: span.start.line,
      text: lineOf(text, span.start.line),
      nodes: [],
    };
    reading.diagnostics.push({ ...place, hint, ...(from === '' ? { span } : { own }) });
  }
}

function readLayer(name: string, reading: Reading): string | undefined {
  const { context, layers, open } = reading;
  if (open.includes(name)) return `${name} includes itself`;
  if (layers.length >= MAX_INCLUDED) return `more than ${MAX_INCLUDED} files are included`;
  const file = context.reader.readTextFile(absolutePath(context, name));
  if (!file.ok) return `${name} cannot be read: ${file.reason}`;
  const read = readYaml(file.text);
  const masked = maskSecretText(file.text);
  for (const { span, ...diagnostic } of read.diagnostics) {
    const line = span?.start.line;
    const own = {
      file: name,
      line,
      column: span?.start.column,
      text: lineOf(masked, line),
      nodes: [],
    };
    reading.diagnostics.push({ ...diagnostic, own });
  }
  if (read.value === undefined && read.diagnostics.length > 0) return undefined;
  if (!isMapping(read.value)) return `${name} is not a mapping`;
  const value = withoutNulls(withoutAnchors(read.value));
  layers.push({ name, text: file.text, masked, map: read.map, value });
  open.push(name);
  include(read, name, reading, masked);
  open.pop();
  return undefined;
}

function includesOf(value: unknown): { written: string; path: (string | number)[] }[] {
  const written = isMapping(value) ? value['include'] : undefined;
  if (typeof written === 'string') return [{ written, path: ['include'] }];
  if (!Array.isArray(written)) return [];
  return written.flatMap((entry: unknown, index) =>
    typeof entry === 'string' ? [{ written: entry, path: ['include', index] }] : [],
  );
}

function lineOf(text: string, line: number | undefined): string | undefined {
  return line === undefined ? undefined : text.split(/\r?\n/)[line - 1];
}

function withoutAnchors(value: unknown): unknown {
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('x-')));
}

/** A key without a value (all its lines commented out) counts as not written. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMapping(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutNulls(item)]));
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
