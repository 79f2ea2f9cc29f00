import { clusterJsonSchema } from '../cluster/schema.ts';
import { buildManifestJsonSchema } from '../image/publish/manifest.ts';
import { proofJsonSchema } from '../prove/certificate/json-schema.ts';
import { releaseJsonSchema } from '../release/format/manifest.ts';

/** Files that have a JSON Schema: what the user writes, and what `build`, `release` and `prove` write. */
const SCHEMAS = {
  cluster: clusterJsonSchema,
  manifest: buildManifestJsonSchema,
  release: releaseJsonSchema,
  proof: proofJsonSchema,
} as const;

/** A JSON Schema as a file's text, for editors and programs. */
export function schemaText(of: keyof typeof SCHEMAS): string {
  return `${JSON.stringify(SCHEMAS[of](), null, 2)}\n`;
}
