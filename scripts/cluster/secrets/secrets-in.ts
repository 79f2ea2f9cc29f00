import { z } from 'zod';
import { ClusterFile } from '../schema.ts';
import { SECRET_KINDS } from '../schema/scalars.ts';
import type { Secret, SecretKind } from '../schema/scalars.ts';
import type { DocumentPath } from '../text/document-path.ts';

/** A secret as a cluster file writes it, and where that is. */
export interface PlacedSecret {
  readonly secret: Secret;
  readonly path: DocumentPath;
  readonly kind: SecretKind;
}

/** Every secret of a cluster file, in the schema's order: whatever the schema marks as one, wherever it stands. */
export function secretsIn(file: ClusterFile): readonly PlacedSecret[] {
  return below(ClusterFile, file, []);
}

const known = new WeakMap<z.core.$ZodType, boolean>();

/** Most of the schema has none: those parts of a file are not looked through. */
function mayHoldSecrets(schema: z.core.$ZodType): boolean {
  const answer =
    known.get(schema) ??
    (SECRET_KINDS.has(schema) || partsOf(schema).some((part) => mayHoldSecrets(part)));
  known.set(schema, answer);
  return answer;
}

/** What `below` goes down into. */
function partsOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional) return [schema.unwrap()];
  if (schema instanceof z.ZodUnion) return schema.options;
  if (schema instanceof z.ZodArray) return [schema.element];
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  if (!(schema instanceof z.ZodObject)) return [];
  const shape = schema.shape as Readonly<Record<string, z.core.$ZodType>>;
  return Object.values(shape);
}

function below(
  schema: z.core.$ZodType,
  value: unknown,
  path: DocumentPath,
): readonly PlacedSecret[] {
  if (value === undefined || !mayHoldSecrets(schema)) return [];
  const marked = SECRET_KINDS.get(schema);
  if (marked !== undefined) return [{ secret: value as Secret, path, kind: marked.kind }];
  if (schema instanceof z.ZodOptional) return below(schema.unwrap(), value, path);
  if (schema instanceof z.ZodUnion) {
    const form = schema.options.find((option) => z.safeParse(option, value).success);
    return form === undefined ? [] : below(form, value, path);
  }
  if (schema instanceof z.ZodArray) {
    const items = value as readonly unknown[];
    return items.flatMap((item, index) => below(schema.element, item, [...path, index]));
  }
  if (schema instanceof z.ZodRecord) {
    const entries = Object.entries(value as Readonly<Record<string, unknown>>);
    return entries.flatMap(([key, item]) => below(schema.valueType, item, [...path, key]));
  }
  if (!(schema instanceof z.ZodObject)) return [];
  const shape = schema.shape as Readonly<Record<string, z.core.$ZodType>>;
  return Object.entries(shape).flatMap(([key, inner]) =>
    below(inner, (value as Readonly<Record<string, unknown>>)[key], [...path, key]),
  );
}
