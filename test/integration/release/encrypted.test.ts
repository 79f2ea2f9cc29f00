import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadCluster } from '../../../scripts/inputs/load-cluster.ts';
import { minimalFile } from '../../support/cluster/cluster-file.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { testHost } from '../../support/host/test-host.ts';

const SECRET = 'sealed-4711';

function siteWith(secret: Record<string, unknown>, env: Record<string, string> = {}) {
  const base = testHost();
  const host = { ...base, env: { ...base.env, ...env } };
  const file = path.join(host.folder, 'cluster.yaml');
  writeFileSync(
    file,
    stringify(minimalFile({ rest: { stats: { user: 'ops', password: secret } } })),
  );
  return { host, load: () => loadCluster(host, 'cluster.yaml') };
}

test.runIf(requireTools('age', 'age-keygen'))(
  'age opens its files by the identity that is named, or by the variable’s',
  async () => {
    const secret = { age: 'stats.age', identity: 'identity.txt' };
    const { host, load } = siteWith(secret);
    const at = (name: string): string => path.join(host.folder, name);
    execFileSync('age-keygen', ['-o', at('identity.txt')], { stdio: 'ignore' });
    const recipient = execFileSync('age-keygen', ['-y', at('identity.txt')], {
      encoding: 'utf8',
    }).trim();
    execFileSync('age', ['-r', recipient, '-o', at('stats.age')], { input: `${SECRET}\n` });
    const loaded = await load();
    expect(loaded.cluster.stats?.auth?.password.reveal()).toBe(SECRET);
    expect(JSON.stringify(loaded.cluster)).not.toContain(SECRET);

    const other = siteWith({ age: at('stats.age') }, { SOPS_AGE_KEY_FILE: at('identity.txt') });
    expect((await other.load()).cluster.stats?.auth?.password.reveal()).toBe(SECRET);

    const without = siteWith({ age: at('stats.age') });
    await expect(without.load()).rejects.toMatchObject({ code: 'cluster-invalid' });
    execFileSync('age-keygen', ['-o', at('wrong.txt')], { stdio: 'ignore' });
    const wrong = siteWith({ age: at('stats.age'), identity: at('wrong.txt') });
    const failure: unknown = await wrong.load().catch((error: unknown) => error);
    expect(JSON.stringify(failure)).toContain('age refuses');
  },
);

/** Stands in for sops, of which Debian has no package: its command line is real, what it opens is not. */
const SOPS_DOUBLE = `#!/bin/sh
printf '%s\\n' "$@" >"$SOPS_TEST_LOG"
printf '%s' "$HOME $SECRET_OF_THE_SHELL" >>"$SOPS_TEST_LOG"
printf '${SECRET}'
`;

test('sops is asked for the key alone, with its own settings and no others of the shell', async () => {
  const { host, load } = siteWith({ sops: 'all.yaml', key: 'haproxy.stats' });
  const program = path.join(host.folder, 'sops');
  writeFileSync(program, SOPS_DOUBLE);
  chmodSync(program, 0o755);
  const log = path.join(host.folder, 'log');
  Object.assign(host.env, {
    PATH: `${host.folder}:${host.env['PATH'] ?? ''}`,
    ...{ HOME: '/home/ops', SOPS_TEST_LOG: log, SECRET_OF_THE_SHELL: 'x' },
  });
  expect((await load()).cluster.stats?.auth?.password.reveal()).toBe(SECRET);
  expect(readFileSync(log, 'utf8').split('\n')).toEqual([
    ...['--decrypt', '--extract', '["haproxy"]["stats"]', path.join(host.folder, 'all.yaml')],
    '/home/ops ',
  ]);
});

test('a program that is not there is said to be missing', async () => {
  const { load } = siteWith({ sops: 'all.yaml' }, { PATH: '/nonexistent' });
  const failure: unknown = await load().catch((error: unknown) => error);
  expect(JSON.stringify(failure)).toMatch(/sops is not installed|sops refuses/);
});
