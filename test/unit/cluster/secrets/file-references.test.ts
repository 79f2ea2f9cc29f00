import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { fileReferencesOf } from '../../../../scripts/cluster/secrets/file-references.ts';
import { NETWORK_FILE } from '../../../support/network-file.ts';

test('host keys are secrets that stay behind, their certificates go along', () => {
  const { files, secrets } = fileReferencesOf(parse(NETWORK_FILE));
  expect(files).toEqual([{ key: 'access.ssh.host_certificates.lb-1', path: 'lb-1-cert.pub' }]);
  expect(secrets.map(({ key, source }) => `${key}: ${source}`)).toEqual([
    'access.ssh.host_keys.lb-1: environment variable HOST_KEY_1',
    'access.ssh.host_keys.lb-2: environment variable HOST_KEY_2',
    'access.ssh.host_keys.lb-2: file other.key',
  ]);
});
