import { clusterJsonSchema } from '../cluster/schema.ts';

/** The JSON Schema of the cluster file as a file's text, for editors. */
export function schemaText(): string {
  return `${JSON.stringify(clusterJsonSchema(), null, 2)}\n`;
}
