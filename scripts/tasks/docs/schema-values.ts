/** What is used of JSON Schema (2020-12) by the pages. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** What may stand for a key, in a few words: `reference or fast`, `1 to 255`, `text, or a list of texts`. */
export function valuesOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return listed(schema.enum.map(String));
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms !== undefined) return listed([...new Set(forms.map(valuesOf))]);
  if (schema.type === 'array') return `list of ${plural(valuesOf(schema.items ?? {}))}`;
  if (schema.type === 'integer' || schema.type === 'number') return numbers(schema);
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'object') return 'mapping';
  return schema.type === 'string' ? 'text' : 'any value';
}

function numbers({ type, ...schema }: JsonSchema): string {
  const least = schema.minimum ?? schema.exclusiveMinimum;
  const most = schema.maximum ?? schema.exclusiveMaximum;
  const kind = type === 'integer' ? 'whole number' : 'number';
  // The schema's own limits of what is exact are not worth showing.
  const low = least === undefined || least <= Number.MIN_SAFE_INTEGER ? undefined : least;
  const high = most === undefined || most >= Number.MAX_SAFE_INTEGER ? undefined : most;
  if (low !== undefined && high !== undefined) return `${kind}, ${low} to ${high}`;
  if (low !== undefined) return `${kind}, at least ${low}`;
  return high === undefined ? kind : `${kind}, at most ${high}`;
}

function plural(values: string): string {
  return (
    { text: 'texts', mapping: 'mappings', 'text or mapping': 'texts or mappings' }[values] ?? values
  );
}

function listed(words: readonly string[]): string {
  return words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}
