import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { CODE_PAGES } from '../../../scripts/cluster/codes/pages.ts';
import { parseCluster } from '../../../scripts/cluster/parse.ts';
import { joinLayers } from '../../../scripts/cluster/text/layers.ts';
import { explainCode } from '../../../scripts/workflows/check/explain.ts';
import { contextOf, minimalFile, parseText } from '../../support/cluster/cluster-file.ts';
import type { World } from '../../support/cluster/cluster-file.ts';
import { TEST_CA } from '../../support/cluster/overlay-variants.ts';
import { HASH } from '../../support/credentials.ts';

const WORLD: World = {
  files: {
    '/site/ca.crt': TEST_CA,
    '/site/both.pem': `${TEST_CA}-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n`,
    '/site/secret': 'eight8ch\n',
    '/site/open-secret': 'eight8ch\n',
    '/site/shared.yaml': 'name: shared\n',
  },
  modes: { '/site/secret': 0o600, '/site/open-secret': 0o644 },
  env: { ROOT_HASH: HASH, CUT_HASH: '$6$salt$abc' },
};

/** Parts of a cluster file, laid over the smallest whole one; of a list's mappings the first fill in what is missing. */
function codesIn(part: string): readonly string[] {
  const parsed = parseWhole(part);
  return (parsed.ok ? parsed.warnings : parsed.diagnostics).map(({ code }) => code);
}

function parseWhole(part: string) {
  let whole: string;
  try {
    whole = JSON.stringify(joinLayers([withBackends(parse(part)), minimalFile()]));
  } catch {
    // What is not YAML, or has no end, stays as it is.
    return parseText(part, WORLD);
  }
  return parseCluster(whole, contextOf(WORLD));
}

function withBackends(value: unknown): unknown {
  const { services, ...rest } = value as { services?: readonly object[] };
  const [{ backends }] = minimalFile()['services'] as readonly [{ backends: unknown }];
  return services === undefined
    ? value
    : { ...rest, services: services.map((service) => ({ backends, ...service })) };
}

const EXAMPLES = CODE_PAGES.flatMap(({ code, example }) =>
  example === undefined ? [] : [{ code, ...example }],
);

describe.each(EXAMPLES)('the example of $code', ({ code, before, after }) => {
  test('has the finding before, and not after', () => {
    expect(codesIn(before)).toContain(code);
    expect(codesIn(after)).not.toContain(code);
  });

  test('has no error after', () => {
    const parsed = parseWhole(after);
    expect(parsed.ok ? [] : parsed.diagnostics).toEqual([]);
  });
});

test('codes are told apart', () => {
  const codes = CODE_PAGES.map(({ code }) => code);
  expect(codes).toEqual([...new Set(codes)]);
});

test('a code without an example is one that no text of one file shows', () => {
  const bare = CODE_PAGES.filter(({ example }) => example === undefined).map(({ code }) => code);
  expect(bare.filter((code) => !/-refuses$|^daemon-|^script-broken$/.test(code))).toEqual([
    'too-large',
    'overlay',
  ]);
});

describe('explain', () => {
  test('shows a page: meaning, reports, remedy, example, and how to silence it', () => {
    const text = explainCode('stuck').join('\n');
    for (const part of ['kubernetes/kubernetes#48638', 'How to fix it', 'Before:', 'After:'])
      expect(text).toContain(part);
    expect(text).toContain('lint: {ignore: [stuck]}');
  });

  test('knows the codes of failures, too', () => {
    expect(explainCode('lock-stale').join('\n')).toContain('exit code 3');
  });

  test('guesses what was meant', () => {
    expect(() => explainCode('redyz')).toThrow(
      expect.objectContaining({ code: 'usage', hint: 'Did you mean readyz?' }) as Error,
    );
  });
});
