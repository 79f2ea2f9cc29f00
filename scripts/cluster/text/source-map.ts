import { isAlias, isMap, isScalar, isSeq, Scalar } from 'yaml';
import type { Document, LineCounter, Pair, YAMLMap } from 'yaml';
import type { Excerpt, SourceSpan } from '../../core/diagnostic.ts';
import type { DocumentPath } from './document-path.ts';
import { isMergeKey, resolveAlias } from './yaml-aliases.ts';

interface Place {
  readonly value: SourceSpan | undefined;
  readonly key: SourceSpan | undefined;
}

/** A file that a cluster file includes. */
export interface Layer {
  /** The name that users know it by. */
  readonly name: string;
  readonly map: SourceMap;
  /** Its text with the secrets starred out. */
  readonly masked: string;
}

/** All of them. */
export interface Layers {
  /** The file that says what is at a path; undefined for the cluster file itself. */
  ownerOf(path: DocumentPath): Layer | undefined;
}

/** Where each value of a YAML document is in its text. */
export class SourceMap {
  readonly #places = new Map<string, Place>();
  readonly #lines: LineCounter;

  readonly #nodes = new Map<string, unknown>();
  readonly #text: string;

  readonly #document: Document | undefined;
  #layers: Layers | undefined;

  /** @param document absent = nothing has a place */
  constructor(document: Document | undefined, lines: LineCounter, text: string) {
    this.#lines = lines;
    this.#text = text;
    this.#document = document;
    this.#visit(document?.contents, [], undefined);
  }

  /** The same with the places of files that this one includes. */
  withIncluded(layers: Layers): SourceMap {
    const copy = new SourceMap(this.#document, this.#lines, this.#text);
    copy.#layers = layers;
    return copy;
  }

  /** Where another file says what is at a path; undefined where this text does, or nobody. */
  included(path: DocumentPath, atKey: boolean): Excerpt | undefined {
    const layer = this.#layers?.ownerOf(path);
    if (layer === undefined) return undefined;
    const { start, end } = atKey ? layer.map.keySpan(path) : layer.map.span(path);
    const text = layer.masked.split(/\r?\n/)[start.line - 1];
    const endColumn = end.line === start.line ? end.column : undefined;
    return { file: layer.name, line: start.line, column: start.column, endColumn, text, nodes: [] };
  }

  /** Span of the value, or of the nearest ancestor that the text has; of nothing: the start of the text. */
  span(path: DocumentPath): SourceSpan {
    const place = this.#nearest(path);
    return place?.value ?? place?.key ?? this.spanBetween(0, 0);
  }

  /** Whether the text itself has a value at this path, rather than an ancestor of it. */
  has(path: DocumentPath): boolean {
    const layer = this.#layers?.ownerOf(path);
    return layer === undefined ? this.#places.has(identity(path)) : layer.map.has(path);
  }

  /**
   * Spans of the lines of a value that is a block of text or a list of such, in the order in which `linesOf` counts
   * them. A line whose place cannot be told gets the span of the value that it is in.
   */
  lineSpans(path: DocumentPath): readonly SourceSpan[] {
    if (this.#layers?.ownerOf(path) !== undefined) return [];
    const node = this.#nodes.get(identity(path));
    if (!isSeq(node)) return this.#linesOfScalar(node, true);
    return node.items.flatMap((item, index) =>
      this.#linesOfScalar(item, index === node.items.length - 1),
    );
  }

  /** @param last whether empty lines at the end are dropped */
  #linesOfScalar(node: unknown, last: boolean): readonly SourceSpan[] {
    const span = this.spanOf(node);
    if (!isScalar(node) || span === undefined) return [];
    const value = String(node.value);
    const count = (last ? value.trimEnd() : value).split(/\r?\n/).length;
    const inBlock = node.type === Scalar.BLOCK_LITERAL;
    return Array.from({ length: count }, (_, index) =>
      inBlock ? this.#wholeLine(span.start.line + 1 + index) : span,
    );
  }

  #wholeLine(line: number): SourceSpan {
    const indent = /^\s*/.exec(this.#text.split('\n')[line - 1] ?? '')?.[0].length ?? 0;
    return { start: { line, column: indent + 1 }, end: { line: line + 1, column: 1 } };
  }

  /** Span of the key that holds the value, or of the nearest ancestor's. */
  keySpan(path: DocumentPath): SourceSpan {
    const place = this.#nearest(path);
    return place?.key ?? place?.value ?? this.spanBetween(0, 0);
  }

  #nearest(path: DocumentPath): Place | undefined {
    for (let length = path.length; length >= 0; length -= 1) {
      const place = this.#places.get(identity(path.slice(0, length)));
      if (place?.value !== undefined || place?.key !== undefined) return place;
    }
    return undefined;
  }

  #visit(node: unknown, path: DocumentPath, key: SourceSpan | undefined): void {
    this.#places.set(identity(path), { value: this.spanOf(node), key });
    this.#nodes.set(identity(path), node);
    if (isMap(node)) this.#visitMap(node, path);
    if (isSeq(node))
      node.items.forEach((item, index) => this.#visit(item, [...path, index], undefined));
  }

  /** Keys of its own come first: they win over those that a merge key brings. */
  #visitMap(map: YAMLMap, path: DocumentPath): void {
    for (const pair of map.items) if (!isMergeKey(pair.key)) this.#visitPair(pair, path);
    for (const pair of map.items) if (isMergeKey(pair.key)) this.#visitMerged(pair.value, path);
  }

  /** What is merged is where the anchor is: there it can be changed. */
  #visitMerged(value: unknown, path: DocumentPath): void {
    const node = resolveAlias(value, this.#document);
    if (isSeq(node)) node.items.forEach((item) => this.#visitMerged(item, path));
    if (!isMap(node)) return;
    for (const pair of node.items) {
      if (isMergeKey(pair.key)) this.#visitMerged(pair.value, path);
      else if (isScalar(pair.key) && !this.has([...path, String(pair.key.value)]))
        this.#visitPair(pair, path);
    }
  }

  #visitPair(pair: Pair, path: DocumentPath): void {
    if (!isScalar(pair.key)) return;
    this.#visit(pair.value, [...path, String(pair.key.value)], this.spanOf(pair.key));
  }

  /** Span of a YAML node: nothing for what is implied rather than written. */
  spanOf(node: unknown): SourceSpan | undefined {
    if (!isMap(node) && !isSeq(node) && !isScalar(node) && !isAlias(node)) return undefined;
    const range = node.range;
    return range == null || range[0] === range[1]
      ? undefined
      : this.spanBetween(range[0], range[1]);
  }

  /** Offsets in the text to lines and columns. */
  spanBetween(from: number, to: number): SourceSpan {
    return { start: this.#position(from), end: this.#position(to) };
  }

  #position(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

/** Text that no two paths share, whatever characters the keys have. */
function identity(path: DocumentPath): string {
  return JSON.stringify(path);
}
