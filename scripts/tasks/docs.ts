/**
 * `npm run docs`: writes the reference pages below `docs/reference/`, each from the one place that holds its facts. A
 * unit test holds the pages against the same functions.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { REFERENCE_PAGES } from './docs/pages.ts';

const root = path.resolve(import.meta.dirname, '../..');
for (const { file, render } of REFERENCE_PAGES) {
  writeFileSync(path.join(root, file), await render());
}
