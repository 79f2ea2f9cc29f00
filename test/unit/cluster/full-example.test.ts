import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ClusterFile } from '../../../scripts/cluster/schema.ts';
import { brief, parseText } from '../../support/cluster/cluster-file.ts';
import { keyPathsOf } from '../../support/schema-paths.ts';

const FULL = readFileSync(
  path.resolve(import.meta.dirname, '../../../profiles/starter/full.yaml'),
  'utf8',
);
/** Options stand behind a bare "#", explanations behind "# ". */
const EVERYTHING_ON = FULL.replace(/^( *)#(?=[^ #\n])/gm, '$1');

test('the full example has neither errors nor warnings', () => {
  const parsed = parseText(FULL);
  expect(brief(parsed.ok ? parsed.warnings : parsed.diagnostics)).toEqual([]);
});

test('the full example shows every key that the schema knows, in its place', () => {
  const shown = keyPathsIn(parse(EVERYTHING_ON, { merge: true }));
  const known = new Set([...shown].map(formOf));
  const missing = keyPathsOf(ClusterFile).filter((key) => !known.has(formOf(key)));
  expect(missing, 'add these keys to profiles/starter/full.yaml').toEqual([]);
});

/** One group of VIPs or several, and an interface in any of its places, have the same keys. So has any secret. */
function formOf(key: string): string {
  return key
    .replace(/^vrrp\[\]/, 'vrrp')
    .replace(
      /^.*\.(password|password_hash|root_password_hash|auth_pass|host_keys\.[^.]+)\.(?=\w+$)/,
      'secret.',
    )
    .replace(/^(network|nodes\[\](\.interfaces\[\])?)\.(mac|bond|routes)/, 'interface.$3');
}

/** `services[].backends[].name`: keys of mappings, `[]` for any item of a list. */
function keyPathsIn(value: unknown, base = ''): Set<string> {
  if (Array.isArray(value)) {
    return new Set(value.flatMap((item) => [...keyPathsIn(item, `${base}[]`)]));
  }
  if (typeof value !== 'object' || value === null) return new Set();
  return new Set(
    Object.entries(value).flatMap(([key, item]) => {
      const place = base === '' ? key : `${base}.${key}`;
      return [place, ...keyPathsIn(item, place)];
    }),
  );
}
