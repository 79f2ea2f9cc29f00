import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { VipisoError, exitCodeOf } from '../../../scripts/core/errors.ts';
import { loadCluster } from '../../../scripts/inputs/load-cluster.ts';
import { checkClusters } from '../../../scripts/workflows/check/check.ts';
import { initCluster } from '../../../scripts/workflows/init.ts';
import { HASH } from '../../support/credentials.ts';
import { testHost } from '../../support/host/test-host.ts';

async function errorOf(promise: Promise<unknown>): Promise<VipisoError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof VipisoError) return error;
  throw new Error('no VipisoError came');
}

describe('init', () => {
  test('writes a file that check takes, and its schema', async () => {
    const host = testHost();
    await initCluster(host, path.join(host.folder, 'site'));
    expect(readdirSync(path.join(host.cwd, 'site')).sort()).toEqual([
      'cluster.schema.json',
      'cluster.yaml',
    ]);
    const result = await checkClusters(host, ['site/cluster.yaml']);
    expect(result.error).toBeUndefined();
    expect(result.text.join('\n')).toContain('the MASTER dies');
    expect(result.text.at(-1)).toBe('site/cluster.yaml: no errors, 4 warnings');
    const schema: unknown = JSON.parse(
      readFileSync(path.join(host.cwd, 'site/cluster.schema.json'), 'utf8'),
    );
    expect(schema).toMatchObject({ title: 'vipiso cluster file', type: 'object' });
  });

  test('refuses to overwrite, and writes nothing then', async () => {
    const host = testHost();
    writeFileSync(path.join(host.cwd, 'cluster.yaml'), 'mine\n');
    const error = await errorOf(initCluster(host, host.folder));
    expect(error.code).toBe('already-exists');
    expect(readdirSync(host.cwd)).toEqual(['cluster.yaml']);
    expect(readFileSync(path.join(host.cwd, 'cluster.yaml'), 'utf8')).toBe('mine\n');
  });

  test('refuses a second time, too', async () => {
    const host = testHost();
    await initCluster(host, path.join(host.folder, 'site'));
    expect((await errorOf(initCluster(host, path.join(host.folder, 'site')))).code).toBe(
      'already-exists',
    );
  });

  test('goes on where an interrupted run left the schema', async () => {
    const host = testHost();
    await initCluster(host, host.folder);
    const starter = readFileSync(path.join(host.cwd, 'cluster.yaml'), 'utf8');
    const other = testHost();
    writeFileSync(
      path.join(other.cwd, 'cluster.schema.json'),
      readFileSync(path.join(host.cwd, 'cluster.schema.json')),
    );
    await initCluster(other, other.folder);
    expect(readFileSync(path.join(other.cwd, 'cluster.yaml'), 'utf8')).toBe(starter);
  });
});

describe('check', () => {
  test('reports all files, with frames, as one error of exit code 2', async () => {
    const host = testHost();
    await initCluster(host, host.folder);
    const good = readFileSync(path.join(host.cwd, 'cluster.yaml'), 'utf8');
    writeFileSync(
      path.join(host.cwd, 'bad.yaml'),
      good.replace('vip: 192.168.9.139', 'vip: 192.168.8.139'),
    );
    const result = await checkClusters(host, ['cluster.yaml', 'bad.yaml']);
    expect(result.files.map(({ name, ok }) => `${name} ${String(ok)}`)).toEqual([
      'cluster.yaml true',
      'bad.yaml false',
    ]);
    expect(exitCodeOf(result.error)).toBe(2);
    expect(result.error?.message).toBe('bad.yaml: 1 error');
    expect(result.error?.details[0]).toMatch(/^bad\.yaml:\d+:8: error\[vip-subnet\]/);
    expect(result.error?.details[3]).toContain('^^^^^^^^^^^^^');
  });

  test('sees one virtual_router_id in two files', async () => {
    const host = testHost();
    await initCluster(host, host.folder);
    const good = readFileSync(path.join(host.cwd, 'cluster.yaml'), 'utf8');
    const other = good
      .replace('192.168.9.137/24', '192.168.9.147/24')
      .replace('192.168.9.138/24', '192.168.9.148/24')
      .replace('192.168.9.139', '192.168.9.149')
      .replace('hostname: lb-1', 'hostname: lb-3')
      .replace('hostname: lb-2', 'hostname: lb-4');
    writeFileSync(path.join(host.cwd, 'other.yaml'), other);
    const result = await checkClusters(host, ['cluster.yaml', 'other.yaml']);
    expect(result.error?.details.join('\n')).toMatch(
      /other\.yaml:\d+:\d+: error\[duplicate\]: virtual_router_id 51/,
    );
  });
});

describe('loading a cluster file', () => {
  test.each([
    ['nowhere.yaml', 'there is no cluster file nowhere.yaml'],
    ['folder', 'folder is a folder'],
    ['binary.yaml', 'binary.yaml is not UTF-8 text'],
  ])('%s', async (name, message) => {
    const host = testHost();
    mkdirSync(path.join(host.cwd, 'folder'));
    writeFileSync(path.join(host.cwd, 'binary.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
    const error = await errorOf(loadCluster(host, name));
    expect(error.code).toBe('cluster-invalid');
    expect(error.message).toContain(message);
    expect(error.hint).toBeDefined();
  });

  test('reads secrets beside the file and from the host environment', async () => {
    const host = testHost({ env: { OPS: HASH } });
    await initCluster(host, path.join(host.folder, 'site'));
    const file = path.join(host.cwd, 'site/cluster.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(path.join(host.cwd, 'site/pass'), 'pass1234\n', { mode: 0o600 });
    const secrets = 'access:\n  root_password_hash: {env: OPS}\n';
    writeFileSync(
      file,
      `${text.replace('  vip:', '  auth_pass: {file: pass}\n  vip:')}\n${secrets}`,
    );
    const { cluster, warnings } = await loadCluster(host, 'site/cluster.yaml');
    expect(cluster.vrrp.groups[0].authPass?.reveal()).toBe('pass1234');
    expect(cluster.access.rootPasswordHash?.reveal()).toBe(HASH);
    expect(warnings).toHaveLength(4);
  });

  test('says why a secret cannot be read', async () => {
    const host = testHost();
    await initCluster(host, host.folder);
    const file = path.join(host.cwd, 'cluster.yaml');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('  vip:', '  auth_pass: {file: .}\n  vip:'),
    );
    const error = await errorOf(loadCluster(host, 'cluster.yaml'));
    expect(error.details[0]).toContain(
      'error[secret-missing]: the secret cannot be read from the file .: it is not a regular file',
    );
  });
});
