import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The certificate's template, as the workflow reads it. */
export const PROOF_TEMPLATE = readFileSync(
  path.resolve(import.meta.dirname, '../../../profiles/proof/proof.html.hbs'),
  'utf8',
);
