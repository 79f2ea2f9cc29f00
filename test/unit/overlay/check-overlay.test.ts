import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkClusters } from '../../../scripts/workflows/check/check.ts';
import { initCluster } from '../../../scripts/workflows/init.ts';
import { renderCluster } from '../../../scripts/workflows/render.ts';
import { REFERENCE_FILE } from '../../support/cluster/reference-model.ts';
import { testHost } from '../../support/host/test-host.ts';
import type { TestHost } from '../../support/host/test-host.ts';

/** A cluster file with an overlay of these files, and what check says of that. */
async function check(files: Readonly<Record<string, string>>, more = '') {
  const host = testHost();
  writeFileSync(path.join(host.cwd, 'cluster.yaml'), `${REFERENCE_FILE}overlay: mine\n${more}`);
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(host.cwd, 'mine', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const result = await checkClusters(host, ['cluster.yaml']);
  const found = result.files[0]?.diagnostics.filter(({ code }) => code === 'overlay') ?? [];
  return { host, result, found };
}

const rendered = async (host: TestHost, file: string): Promise<string> => {
  await renderCluster(host, {
    cluster: 'cluster.yaml',
    out: path.join(host.folder, 'out'),
  });
  return readFileSync(path.join(host.cwd, 'out', file), 'utf8');
};

describe("the user's own folder of files", () => {
  test('that is not there is an error of the cluster file', async () => {
    const { result, found } = await check({});
    expect(found).toMatchObject([{ severity: 'error', path: 'overlay' }]);
    expect(found[0]?.message).toContain('there is no folder');
    expect(result.error?.code).toBe('cluster-invalid');
  });

  test('with files of its own is taken without a word', async () => {
    const { found } = await check({ 'etc/profile.d/own.sh': 'true\n' });
    expect(found).toEqual([]);
  });

  test('that replaces one of ours is a warning, which can be accepted', async () => {
    const files = {
      'etc/haproxy/haproxy.cfg': 'global\n',
      'etc/keepalived/keepalived.conf.hbs': '! {{hostname}}\n',
    };
    const { found } = await check(files);
    expect(
      found.map(({ severity, message }) => `${severity} ${message.split(' replaces ')[0] ?? ''}`),
    ).toEqual(['warning etc/haproxy/haproxy.cfg', 'warning etc/keepalived/keepalived.conf.hbs']);
    expect((await check(files, 'lint: {ignore: [overlay]}\n')).found).toEqual([]);
  });

  test('has templates that see the values of their node', async () => {
    const { host, found } = await check({
      'etc/own/pair.conf.hbs':
        '{{hostname}} {{join vips ","}}{{#each hosts}} {{address}}{{/each}}\n',
    });
    expect(found).toEqual([]);
    expect(await rendered(host, 'lb-2/etc/own/pair.conf')).toBe(
      'lb-2 192.168.9.139 192.168.9.137 192.168.9.138\n',
    );
  });

  test('with a template that has a mistake is an error with its line', async () => {
    const { found } = await check({ 'etc/own.conf.hbs': 'a\n{{hostnam}}\n' });
    expect(found).toMatchObject([{ severity: 'error' }]);
    expect(found[0]?.message).toContain('etc/own.conf.hbs:2:');
  });
});

test('init --full writes a file that check takes without a word', async () => {
  const host = testHost();
  await initCluster(host, path.join(host.folder, 'site'), { full: true });
  const result = await checkClusters(host, ['site/cluster.yaml']);
  expect(result.text.at(-1)).toBe('site/cluster.yaml: no errors, 0 warnings');
});

test('further ports of the firewall are let in, each by its protocol and from its sources', async () => {
  const host = testHost();
  const own = `firewall: {ports: [{name: exporter, port: [9100, 9101], from: [10.0.0.0/8, "fd00::/8"]}, {name: snmp, port: 161, protocol: udp}]}\n`;
  writeFileSync(path.join(host.cwd, 'cluster.yaml'), `${REFERENCE_FILE}${own}`);
  const text = await rendered(host, 'lb-1/etc/nftables.nft');
  expect(text).toContain(
    'ip saddr { 10.0.0.0/8 } tcp dport { 9100, 9101 } accept comment "exporter"',
  );
  expect(text).toContain(
    'ip6 saddr { fd00::/8 } tcp dport { 9100, 9101 } accept comment "exporter"',
  );
  expect(text).toContain('\t\tudp dport { 161 } accept comment "snmp"');
});
