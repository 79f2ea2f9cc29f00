import { clusterJsonSchema } from '../cluster/schema.ts';
import { proofJsonSchema } from '../prove/certificate/json-schema.ts';

/** Files that have a JSON Schema: what the user writes, and what `vipiso prove` writes. */
const SCHEMAS = { cluster: clusterJsonSchema, proof: proofJsonSchema } as const;

/** A JSON Schema as a file's text, for editors and programs. */
export function schemaText(of: keyof typeof SCHEMAS): string {
  return `${JSON.stringify(SCHEMAS[of](), null, 2)}\n`;
}
