import type { SecretModel } from '../../cluster/model.ts';
import type { View } from '../view/view-schema.ts';
import { mark } from './markers.ts';

/** Way to a value in the view of a node. */
export type ViewPath = readonly (string | number)[];

/** A view whose values carry marks, and what the marks mean. */
export interface TracedView {
  readonly view: View;
  /** By the number of the mark. */
  readonly paths: readonly ViewPath[];
  /** The number for a path, the same each time. */
  readonly numberOf: (path: ViewPath) => number;
  /** Where an object of the view lies; undefined for anything else. */
  readonly pathOf: (object: unknown) => ViewPath | undefined;
  /** Secrets of the view that were read, by their paths as JSON. */
  readonly secrets: ReadonlyMap<string, string>;
}

/**
 * Copies a view with marks around each text and number. What a template takes for false (an empty text, zero) stays
 * without, so that the copy renders as the view does.
 */
export function tracedView(view: View): TracedView {
  const paths: ViewPath[] = [];
  const numbers = new Map<string, number>();
  const objects = new Map<unknown, ViewPath>();
  const secrets = new Map<string, string>();
  const numberOf = (path: ViewPath): number => {
    const key = JSON.stringify(path);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, paths.length);
    return paths.push(path) - 1;
  };
  const marked = (text: string, path: ViewPath): string => {
    const number = numberOf(path);
    return `${mark('v', number)}${text}${mark('e', number)}`;
  };
  const copy = (value: unknown, path: ViewPath): unknown => {
    if (typeof value === 'string') return value === '' ? value : marked(value, path);
    if (typeof value === 'number') return value === 0 ? value : marked(String(value), path);
    if (value === null || typeof value !== 'object') return value;
    if (isSecret(value)) return markedSecret(value, path);
    const made: unknown = Array.isArray(value)
      ? value.map((item, index) => copy(item, [...path, index]))
      : Object.fromEntries(
          Object.entries(value).map(([key, item]) => [key, copy(item, [...path, key])]),
        );
    objects.set(made, path);
    return made;
  };
  const markedSecret = (secret: SecretModel, path: ViewPath): SecretModel => ({
    source: secret.source,
    reveal: () => {
      const value = secret.reveal();
      secrets.set(JSON.stringify(path), value);
      return marked(value, path);
    },
  });
  return {
    // Numbers have become texts: templates print both alike.
    view: copy(view, []) as View,
    paths,
    numberOf,
    pathOf: (object) => objects.get(object),
    secrets,
  };
}

function isSecret(value: object): value is SecretModel {
  return 'reveal' in value;
}
