import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { formatDiagnostics } from '../../../scripts/cluster/findings/diagnostic-frame.ts';
import { clusterJsonSchema } from '../../../scripts/cluster/schema.ts';
import { minimalFile, parseText } from '../../support/cluster/cluster-file.ts';

// Many runs, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

/** Reads a text, and formats whatever is found; throws only on a bug. */
function survives(text: string): void {
  const parsed = parseText(text, { files: { '/site/x': 'x' }, env: { X: 'x' } });
  const found = parsed.ok ? parsed.warnings : parsed.diagnostics;
  if (!parsed.ok) expect(found.some(({ severity }) => severity === 'error')).toBe(true);
  formatDiagnostics(found, { name: 'cluster.yaml', text }, { colour: true });
  for (const { span } of found) {
    if (span === undefined) throw new Error('a finding without a place');
    expect(span.start.line).toBeLessThanOrEqual(text.split('\n').length);
  }
}

test('any text gives a cluster or findings', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), survives), { numRuns: 100 });
});

test('any YAML gives a cluster or findings', () => {
  const key = fc.oneof(
    fc.constantFrom(...schemaKeys()),
    fc.string({ maxLength: 8 }),
    fc.constant('__proto__'),
  );
  const leaf = fc.oneof(
    fc.constantFrom('MASTER', '192.168.9.1/24', '192.168.9.139', 'tcp', 'https', 'native', '10s'),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.string({ maxLength: 8 }),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 6 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(key, tree, { maxKeys: 8 }), (document) =>
      survives(stringify(document)),
    ),
    { numRuns: 100 },
  );
});

test('any value in any place of a good file gives a cluster or findings', () => {
  const good = minimalFile({
    vrrp: { check: { weight: 2 }, auth_pass: { env: 'X' } },
    rest: { stats: {} },
  });
  const places = pathsOf(good);
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 2 }), (place, value) =>
      survives(stringify(replaced(good, place, value))),
    ),
    { numRuns: 100 },
  );
});

function schemaKeys(): readonly string[] {
  const keys = JSON.stringify(clusterJsonSchema()).matchAll(/"([a-z_]+)":\{/g);
  return [...new Set([...keys].map((match) => match[1] ?? ''))];
}

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (value === null || typeof value !== 'object') return [path];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...entries.flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}

function replaced(value: unknown, [head, ...tail]: Path, by: unknown): unknown {
  if (head === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index): unknown => (index === head ? replaced(item, tail, by) : item));
  const mapping = value as Record<string, unknown>;
  return { ...mapping, [head]: replaced(mapping[head], tail, by) };
}
