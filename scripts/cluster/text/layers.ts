import type { DocumentPath } from './document-path.ts';
import type { Layer, Layers } from './source-map.ts';

/** A file's values, and where they are in it. */
export interface ValueLayer extends Layer {
  readonly value: unknown;
}

/** @param values what wins first */
export function joinLayers(values: readonly unknown[]): unknown {
  return values.reduceRight((below, above) => join(above, below));
}

function join(above: unknown, below: unknown): unknown {
  if (!isMapping(above) || !isMapping(below)) return above ?? below;
  const keys = new Set([...Object.keys(above), ...Object.keys(below)]);
  return Object.fromEntries(
    [...keys].map((key) => {
      const [over, under] = [own(above, key), own(below, key)];
      return [key, over === undefined ? under : under === undefined ? over : join(over, under)];
    }),
  );
}

/** Which of several files says what is at a path, by the rules of `joinLayers`. */
export function layersOf(main: unknown, included: readonly ValueLayer[]): Layers {
  return { ownerOf: (path) => ownerOf(path, main, included) };
}

interface Candidate {
  readonly layer: Layer | undefined;
  readonly value: unknown;
}

function ownerOf(
  path: DocumentPath,
  main: unknown,
  included: readonly ValueLayer[],
): Layer | undefined {
  let candidates: readonly Candidate[] = [
    { layer: undefined, value: main },
    ...included.map((layer) => ({ layer, value: layer.value })),
  ];
  for (const part of path) {
    const [first] = candidates;
    if (first === undefined || !isMapping(first.value)) break;
    const inner = candidates.flatMap(({ layer, value }) => {
      const next = isMapping(value) ? own(value, String(part)) : undefined;
      return next === undefined ? [] : [{ layer, value: next }];
    });
    if (inner.length === 0) break;
    candidates = inner;
  }
  return candidates[0]?.layer;
}

function own(mapping: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
