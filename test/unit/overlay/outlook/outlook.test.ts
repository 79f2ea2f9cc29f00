import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Host } from '../../../../scripts/host/host.ts';
import { checkBranch } from '../../../../scripts/overlay/outlook/outlook.ts';
import type { BranchOutlook } from '../../../../scripts/overlay/outlook/outlook.ts';
import { formatOutlook } from '../../../../scripts/overlay/outlook/text.ts';
import { REFERENCE_FILE } from '../../../support/cluster/reference-model.ts';
import { testHost } from '../../../support/host/test-host.ts';

const FAST = REFERENCE_FILE.replace('vip: 192.168.9.139', 'vip: 192.168.9.139\n  profile: fast');
const RAW = '\nraw: { haproxy: { global: [master-worker] } }\n';

function hostWith(text: string, day = '2026-11-27'): Host {
  const host = { ...testHost(), now: () => Date.parse(`${day}T12:00:00Z`) };
  writeFileSync(path.join(host.cwd, 'cluster.yaml'), text);
  return host;
}

async function outlook(text: string, branch: string, day?: string): Promise<BranchOutlook> {
  const host = hostWith(text, day);
  const { outlooks, error } = await checkBranch(host, ['cluster.yaml'], branch);
  expect(error).toBeUndefined();
  const [only] = outlooks;
  if (only === undefined) throw new Error('There is no outlook.');
  return only;
}

describe('a cluster file on another branch', () => {
  test('has other daemons, assumed by the table, and another apk', async () => {
    const { now, then } = await outlook(REFERENCE_FILE, 'v3.22');
    expect(now).toMatchObject({ branch: 'v3.24', apk: '3', daemons: { haproxy: '3.4' } });
    expect(then).toMatchObject({
      ...{ branch: 'v3.22', apk: '2', support: 'supported', ends: '2027-05-01' },
      daemons: { haproxy: '3.2', keepalived: '2.3.3', source: 'branch' },
    });
  });

  test.each([
    ['v3.21', '2026-10-31', 'supported'],
    ['v3.21', '2026-11-01', 'ended'],
    ['v3.24', '2026-11-27', 'supported'],
    ['edge', '2026-11-27', 'rolling'],
  ])('%s on %s is %s', async (branch, day, support) => {
    expect((await outlook(REFERENCE_FILE, branch, day)).then.support).toBe(support);
  });

  test('loses a finding that its haproxy does not give, and gains it back', async () => {
    const down = await outlook(REFERENCE_FILE + RAW, 'v3.22');
    expect(down.vanishing).toMatchObject([
      { code: 'haproxy-words', path: 'raw.haproxy.global[0]' },
    ]);
    expect(down.appearing).toEqual([]);
    const up = await outlook(`${REFERENCE_FILE}${RAW}alpine: { branch: v3.22 }\n`, 'v3.24');
    expect(up.appearing).toMatchObject([{ code: 'haproxy-words', severity: 'warning' }]);
    expect(up.vanishing).toEqual([]);
  });

  test('is rendered the same where its daemons take the same', async () => {
    expect((await outlook(REFERENCE_FILE, 'v3.22')).rendered).toEqual([]);
  });

  test('is rendered otherwise where they do not, told line by line', async () => {
    const result = await outlook(FAST, 'v3.20');
    expect(result.rendered?.map(({ node, path: file }) => `${node} ${file}`)).toEqual([
      'lb-1 etc/keepalived/keepalived.conf',
      'lb-2 etc/keepalived/keepalived.conf',
    ]);
    const text = formatOutlook(result).join('\n');
    expect(text).toContain('  etc/keepalived/keepalived.conf (lb-1, lb-2)\n');
    expect(text).toMatch(/^ {4}- # .*two processes prove$/m);
    expect(text).toMatch(/^ {4}\+ # .*started once the ports are bound/m);
    expect(text).toContain('v3.20: no more fixes since 2026-04-01');
    expect(text).toContain('The daemons of v3.20 did not judge the files themselves');
  });

  test('names the repositories that do not move with it', async () => {
    const text = `${REFERENCE_FILE}alpine: { repositories: [main, /srv/own] }\n`;
    expect((await outlook(text, 'v3.22')).unmovedRepositories).toEqual(['/srv/own']);
  });

  test('of which nothing is known is an error that names those that are', async () => {
    const asked = checkBranch(hostWith(REFERENCE_FILE), ['cluster.yaml'], 'v3.99');
    await expect(asked).rejects.toMatchObject({
      code: 'usage',
      hint: 'Known are v3.19, v3.20, v3.21, v3.22, v3.23, v3.24, edge.',
    });
  });

  test('is not looked at while the file has errors as it is', async () => {
    const bad = REFERENCE_FILE.replace('vip: 192.168.9.139', 'vip: 192.168.9.137');
    const asked = checkBranch(hostWith(bad), ['cluster.yaml'], 'v3.22');
    await expect(asked).rejects.toMatchObject({ code: 'cluster-invalid' });
  });
});
