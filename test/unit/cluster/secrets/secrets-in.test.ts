import { expect, test } from 'vitest';
import { ClusterFile } from '../../../../scripts/cluster/schema.ts';
import { secretsIn } from '../../../../scripts/cluster/secrets/secrets-in.ts';
import { formatPath } from '../../../../scripts/cluster/text/document-path.ts';
import { minimalFile } from '../../../support/cluster/cluster-file.ts';
import { keyPathsOf } from '../../../support/schema-paths.ts';

const KEY = { file: 'key' };

test('every secret of a file is found, with its place and what it is for', () => {
  const file = minimalFile({
    rest: {
      access: {
        root_password_hash: { env: 'HASH' },
        admin_user: { name: 'admin', password_hash: { file: 'hash' } },
        ssh: { host_keys: { 'lb-1': KEY, 'lb-2': [KEY, KEY] } },
      },
      stats: { user: 'u', password: 'inline' },
    },
  }) as Record<string, unknown>;
  const first = file['vrrp'] as Record<string, unknown>;
  const groups = [first, { ...first, name: 'other', auth_pass: { file: 'pass' } }];
  const found = secretsIn(ClusterFile.parse({ ...file, vrrp: groups }));
  expect(found.map(({ path, kind }) => `${formatPath(path)} ${kind}`).sort()).toEqual([
    'access.admin_user.password_hash hash',
    'access.root_password_hash hash',
    'access.ssh.host_keys.lb-1 ssh-host-key',
    'access.ssh.host_keys.lb-2[0] ssh-host-key',
    'access.ssh.host_keys.lb-2[1] ssh-host-key',
    'stats.password password',
    'vrrp[1].auth_pass password',
  ]);
});

test('whatever is named like a secret is marked as one', () => {
  const named = keyPathsOf(ClusterFile).filter((path) => /pass(word)?(_hash)?$/.test(path));
  expect(named.sort()).toEqual([
    'access.admin_user.password_hash',
    'access.root_password_hash',
    'stats.password',
    'vrrp[].auth_pass',
  ]);
});
