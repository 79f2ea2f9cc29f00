import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCluster } from '../../../../scripts/cluster/parse.ts';
import { digestOf } from '../../../../scripts/core/digest.ts';
import { VipisoError } from '../../../../scripts/core/errors.ts';
import {
  contextOf,
  findingsIn,
  minimalFile,
  modelOf,
} from '../../../support/cluster/cluster-file.ts';
import { HASH } from '../../../support/credentials.ts';

const WORLD = {
  files: { '/site/pass': 'pass1234\n', '/site/hash': `${HASH}\n` },
  env: { STATS: 'st4ts' },
};
const FILE = minimalFile({
  vrrp: { auth_pass: { file: 'pass' } },
  rest: {
    access: { root_password_hash: { file: 'hash' } },
    stats: { user: 'admin', password: { env: 'STATS' } },
  },
});

describe('secrets', () => {
  test('are revealed without the closing newline', () => {
    const cluster = modelOf(FILE, WORLD);
    expect(cluster.vrrp.groups[0].authPass?.reveal()).toBe('pass1234');
    expect(cluster.access.rootPasswordHash?.reveal()).toBe(HASH);
    expect(cluster.stats?.auth?.password.reveal()).toBe('st4ts');
  });

  test('say where they come from', () => {
    const cluster = modelOf(FILE, WORLD);
    expect(cluster.vrrp.groups[0].authPass?.source).toBe('file pass');
    expect(JSON.stringify(cluster.stats?.auth)).toBe(
      '{"user":"admin","password":"<secret from environment variable STATS>"}',
    );
  });

  test('that vanish after the check are an error with a hint', () => {
    const files: Record<string, string> = { '/site/pass': 'pass1234' };
    const { authPass } = modelOf(minimalFile({ vrrp: { auth_pass: { file: 'pass' } } }), {
      files,
    }).vrrp.groups[0];
    delete files['/site/pass'];
    expect(() => authPass?.reveal()).toThrow(VipisoError);
  });

  test('never show in JSON, text, digests or the debugger, wherever they stand', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9]{8}$/);
    fc.assert(
      fc.property(word, fc.constantFrom('file', 'env', 'inline'), (secret, way) => {
        fc.pre(!JSON.stringify(modelOf(minimalFile())).includes(secret));
        const world = { files: { '/site/pass': secret }, env: { PASS: secret } };
        const written = { file: { file: 'pass' }, env: { env: 'PASS' }, inline: `"${secret}"` }[
          way
        ];
        const text = JSON.stringify(
          minimalFile({ vrrp: { auth_pass: way === 'inline' ? secret : written } }),
        );
        const parsed = parseCluster(text, contextOf(world));
        if (!parsed.ok) throw new Error('a good file');
        const { cluster, warnings } = parsed;
        const shown = [
          JSON.stringify(cluster),
          JSON.stringify(warnings),
          inspect(cluster, { depth: 9, showHidden: true }),
        ];
        expect(shown.filter((output) => output.includes(secret))).toEqual([]);
        expect(cluster.vrrp.groups[0].authPass?.reveal()).toBe(secret);
      }),
      { numRuns: 30 },
    );
  });

  test('do not change the digest of a model', () => {
    const withSecret = (text: string) =>
      digestOf(modelOf(minimalFile({ vrrp: { auth_pass: { env: 'P' } } }), { env: { P: text } }));
    expect(withSecret('one')).toBe(withSecret('two'));
  });

  test('do not show in findings about them', () => {
    const world = { env: { P: 'muchtoolong#secret' } };
    const findings = findingsIn(minimalFile({ vrrp: { auth_pass: { env: 'P' } } }), world);
    expect(findings.some(({ code }) => code === 'auth')).toBe(true);
    expect(JSON.stringify(findings)).not.toContain('muchtoolong');
  });
});
