import { clusterJsonSchema } from '../../cluster/schema.ts';
import { valuesOf } from './schema-values.ts';
import type { JsonSchema } from './schema-values.ts';

interface Row {
  readonly key: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** Every key of the cluster file, from the schema that the tool itself checks it by. */
export function clusterFilePage(): string {
  const root = clusterJsonSchema() as JsonSchema;
  const sections = Object.entries(root.properties ?? {}).map(([key, schema]) => {
    const required = root.required?.includes(key) === true;
    const rows = rowsBelow(schema, key);
    const table = rows.length === 0 ? [`Value: ${valuesOf(schema)}.`] : [tableOf(rows)];
    const intro = `${required ? 'Required. ' : ''}${schema.description ?? ''}`;
    return [`## ${key}`, intro, ...table].join('\n\n');
  });
  return [
    '# The cluster file',
    'Every key of `cluster.yaml`, by its path. `[]` stands for each item of a list, `<name>` for a name of your own. A key in **bold** must be there where what holds it is. `vipiso init` writes a commented file to start from, and the schema for your editor; `vipiso check` tells what is wrong, each with line and column.',
    ...sections,
    '',
  ].join('\n\n');
}

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ key, schema, required }) =>
      `| ${required ? `**\`${key}\`**` : `\`${key}\``} | ${cell(valuesOf(schema))} | ${cell(schema.description ?? '')} |`,
  );
  return ['| key | value | meaning |', '| --- | --- | --- |', ...lines].join('\n');
}

/** The keys below a value, whichever of its forms holds them. */
function rowsBelow(schema: JsonSchema, path: string): Row[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const key = `${path}.${name}`;
    const required = schema.required?.includes(name) === true;
    return [{ key, schema: child, required }, ...rowsBelow(child, key)];
  });
  const items = schema.items === undefined ? [] : rowsBelow(schema.items, `${path}[]`);
  const named =
    typeof schema.additionalProperties === 'object'
      ? rowsBelow(schema.additionalProperties, `${path}.<name>`)
      : [];
  const forms = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  const all = [...own, ...items, ...named, ...forms.flatMap((form) => rowsBelow(form, path))];
  return [...new Map(all.map((row) => [row.key, row])).values()];
}

/** Text within a table: a bar would end the cell, a tag would be HTML. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
}
