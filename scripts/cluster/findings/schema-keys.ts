import { z } from 'zod';
import { ClusterFile } from '../schema.ts';
import type { DocumentPath } from '../text/document-path.ts';

/** Keys that the schema knows at a place of the document; none where it takes no mapping. */
export function keysAt(path: DocumentPath): readonly string[] {
  const schemas = path.reduce<readonly z.core.$ZodType[]>(
    (candidates, part) => candidates.flatMap((schema) => step(schema, part)),
    [ClusterFile],
  );
  return [...new Set(schemas.flatMap(keysOf))];
}

function step(schema: z.core.$ZodType, part: string | number): readonly z.core.$ZodType[] {
  return unwrap(schema).flatMap((inner) => {
    if (inner instanceof z.ZodArray) return typeof part === 'number' ? [inner.element] : [];
    if (inner instanceof z.ZodRecord) return [inner.valueType];
    const shape =
      inner instanceof z.ZodObject ? (inner.shape as Record<string, z.core.$ZodType>) : {};
    return Object.hasOwn(shape, part) && shape[part] !== undefined ? [shape[part]] : [];
  });
}

function keysOf(schema: z.core.$ZodType): readonly string[] {
  return unwrap(schema).flatMap((inner) =>
    inner instanceof z.ZodObject ? Object.keys(inner.shape as object) : [],
  );
}

/** What stands inside optional wrappers and unions. */
function unwrap(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodUnion)
    return schema.options.flatMap((option: z.core.$ZodType) => unwrap(option));
  return [schema];
}
