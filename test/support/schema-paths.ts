import { z } from 'zod';

/**
 * Every key of a schema with its way from the root: `services[].backends[].name`. Where a value may be one thing or a
 * list of such, the list is meant.
 */
export function keyPathsOf(schema: z.core.$ZodType, base = ''): readonly string[] {
  const forms = formsOf(schema);
  const lists = forms.filter((form) => form instanceof z.ZodArray);
  const paths = (lists.length > 0 ? lists : forms).flatMap((form) => {
    if (form instanceof z.ZodArray) return keyPathsOf(form.element, `${base}[]`);
    if (!(form instanceof z.ZodObject)) return [];
    const shape = form.shape as Readonly<Record<string, z.core.$ZodType>>;
    return Object.entries(shape).flatMap(([key, inner]) => {
      const place = base === '' ? key : `${base}.${key}`;
      return [place, ...keyPathsOf(inner, place)];
    });
  });
  return [...new Set(paths)];
}

/** What stands inside optional wrappers and unions. */
function formsOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional) return formsOf(schema.unwrap());
  if (schema instanceof z.ZodUnion)
    return schema.options.flatMap((option: z.core.$ZodType) => formsOf(option));
  return [schema];
}
