import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCertificate } from '../../../scripts/cluster/ssh/certificate.ts';
import { readHostKey } from '../../../scripts/cluster/ssh/private-key.ts';
import { publicLine } from '../../../scripts/cluster/ssh/public-key.ts';
import { newHostKeys } from '../../../scripts/workflows/key/new-ssh-host.ts';
import { REFERENCE_FILE } from '../../support/cluster/reference-model.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { temporaryFolder, testHost } from '../../support/host/test-host.ts';

const ACCESS = `
access:
  ssh_authorized_keys: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7Jm3lLZgYzWkYpQ8m0dPSdVZLQYpX0c8yT6cKZ8m9A admin
  ssh:
    host_keys:
      lb-1: { file: secrets/lb-1.ssh-host-key }
      lb-2: { file: secrets/lb-2.ssh-host-key }
`;

function siteWith(text: string) {
  const host = testHost();
  writeFileSync(path.join(host.cwd, 'cluster.yaml'), text);
  const at = (name: string): string => path.join(host.cwd, 'secrets', name);
  return { host, at };
}

describe('vipiso key new --ssh-host', () => {
  test('makes what is not there, never replaces it, and tells clients of it', async () => {
    const { host, at } = siteWith(REFERENCE_FILE + ACCESS);
    const first = await newHostKeys(host, 'cluster.yaml');
    expect(first.keys.map(({ hostname, made }) => [hostname, made])).toEqual([
      ['lb-1', true],
      ['lb-2', true],
    ]);
    expect(statSync(at('lb-1.ssh-host-key')).mode & 0o777).toBe(0o600);
    const [one = '', two = ''] = ['lb-1', 'lb-2'].map((name) =>
      readFileSync(at(`${name}.ssh-host-key.pub`), 'utf8')
        .split(' ')
        .slice(0, 2)
        .join(' '),
    );
    expect(one).not.toBe(two);
    expect(first.knownHosts).toEqual([
      `lb-1,192.168.9.137 ${one}`,
      `lb-2,192.168.9.138 ${two}`,
      `192.168.9.139 ${one}`,
      `192.168.9.139 ${two}`,
    ]);
    const before = readFileSync(at('lb-1.ssh-host-key'), 'utf8');
    const again = await newHostKeys(host, 'cluster.yaml');
    expect(again.keys.map(({ made }) => made)).toEqual([false, false]);
    expect(again.knownHosts).toEqual(first.knownHosts);
    expect(readFileSync(at('lb-1.ssh-host-key'), 'utf8')).toBe(before);
  });

  test('says what to write where the cluster file names none', async () => {
    const { host } = siteWith(REFERENCE_FILE);
    await expect(newHostKeys(host, 'cluster.yaml')).rejects.toMatchObject({
      code: 'usage',
      details: expect.arrayContaining([
        '      lb-2: { file: secrets/lb-2.ssh-host-key }',
      ]) as unknown,
    });
  });

  test('makes none for a cluster file with other mistakes', async () => {
    const { host, at } = siteWith(`${REFERENCE_FILE}${ACCESS}stats: { prt: 1 }\n`);
    await expect(newHostKeys(host, 'cluster.yaml')).rejects.toMatchObject({
      code: 'cluster-invalid',
    });
    expect(existsSync(at('lb-1.ssh-host-key'))).toBe(false);
  });
});

describe.runIf(requireTools('ssh-keygen'))('keys and certificates of OpenSSH', () => {
  const keygen = (folder: string, ...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync('ssh-keygen', args, {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    return stdout;
  };

  test('ssh-keygen reads what was made here', async () => {
    const { host, at } = siteWith(REFERENCE_FILE + ACCESS);
    const { keys } = await newHostKeys(host, 'cluster.yaml');
    const file = at('lb-1.ssh-host-key');
    expect(keygen(host.cwd, '-y', '-f', file)).toBe(readFileSync(`${file}.pub`, 'utf8'));
    expect(keygen(host.cwd, '-l', '-f', file)).toContain(` ${keys[0]?.fingerprint} `);
  });

  test.each([
    ['ed25519', []],
    ['rsa', ['-b', '2048']],
    ['rsa', ['-b', '2048', '-m', 'PEM']],
    ['ecdsa', ['-b', '256']],
    ['ecdsa', ['-b', '521']],
  ])('of type %s %j', (type, options) => {
    const folder = temporaryFolder();
    const text = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
    keygen(folder, '-q', '-t', type, ...options, '-N', '', '-f', 'key');
    keygen(folder, '-q', '-t', 'ecdsa', '-N', '', '-f', 'ca');
    keygen(folder, '-q', '-s', 'ca', '-h', '-I', 'id', '-n', 'lb-1,192.0.2.1', 'key.pub');
    const publicText = text('key.pub').split(' ').slice(0, 2).join(' ');
    const key = readHostKey(text('key'));
    expect(key.ok && publicLine(key.publicBlob)).toBe(publicText);
    const read = readCertificate(text('key-cert.pub'));
    expect(read).toMatchObject({
      ok: true,
      certificate: { use: 'host', keyId: 'id', principals: ['lb-1', '192.0.2.1'] },
    });
    expect(read.ok && publicLine(read.certificate.publicBlob)).toBe(publicText);
    keygen(folder, '-q', '-p', '-N', 'a passphrase', '-f', 'key');
    expect(readHostKey(text('key'))).toMatchObject({
      ok: false,
      reason: expect.stringContaining('passphrase') as unknown,
    });
  });
});
