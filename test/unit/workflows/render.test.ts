import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { renderCluster } from '../../../scripts/workflows/render.ts';
import type { RenderResult } from '../../../scripts/workflows/render.ts';
import { REFERENCE_FILE } from '../../support/cluster/reference-model.ts';
import { testHost } from '../../support/host/test-host.ts';
import type { TestHost } from '../../support/host/test-host.ts';

let host: TestHost;

function render(): Promise<RenderResult> {
  return renderCluster(host, { cluster: 'cluster.yaml', out: inOut() });
}

beforeEach(() => {
  host = testHost();
  writeFileSync(path.join(host.cwd, 'cluster.yaml'), REFERENCE_FILE);
});

function inOut(...names: string[]): string {
  return path.join(host.cwd, 'out', ...names);
}

describe('renderCluster', () => {
  it('writes trees, listings and archives of all nodes, secrets for the owner alone', async () => {
    const result = await render();
    expect(result).toMatchObject({
      folder: inOut(),
      nodes: [{ hostname: 'lb-1' }, { hostname: 'lb-2' }],
    });
    expect(readdirSync(inOut()).sort()).toEqual([
      ...['.vipiso-render', 'lb-1', 'lb-1.apkovl.tar.gz', 'lb-1.listing'],
      ...['lb-2', 'lb-2.apkovl.tar.gz', 'lb-2.listing'],
    ]);
    expect(statSync(inOut('lb-1.apkovl.tar.gz')).mode & 0o777).toBe(0o600);
    expect(statSync(inOut('lb-1/etc/shadow')).mode & 0o777).toBe(0o600);
    expect(statSync(inOut('lb-1/etc/keepalived/chk_haproxy.sh')).mode & 0o777).toBe(0o755);
    expect(readFileSync(inOut('lb-2/etc/hostname'), 'utf8')).toBe('lb-2\n');
    expect(gunzipSync(readFileSync(inOut('lb-2.apkovl.tar.gz'))).includes('etc/hostname')).toBe(
      true,
    );
  });

  it('replaces what an earlier run wrote, and gives the same bytes', async () => {
    await render();
    const before = readFileSync(inOut('lb-1.apkovl.tar.gz'));
    await render();
    expect(readFileSync(inOut('lb-1.apkovl.tar.gz')).equals(before)).toBe(true);
  });

  it("refuses a folder with anything else in it, also beside an earlier run's files", async () => {
    await render();
    writeFileSync(inOut('notes.txt'), 'mine');
    await expect(render()).rejects.toMatchObject({ code: 'already-exists' });
    expect(readFileSync(inOut('notes.txt'), 'utf8')).toBe('mine');
  });

  it('leaves nothing behind when the overlay cannot be rendered', async () => {
    mkdirSync(path.join(host.cwd, 'mine/etc'), { recursive: true });
    writeFileSync(path.join(host.cwd, 'mine/etc/x.hbs'), '{{misspelt}}');
    writeFileSync(path.join(host.cwd, 'cluster.yaml'), `${REFERENCE_FILE}\noverlay: mine\n`);
    await expect(render()).rejects.toMatchObject({
      code: 'cluster-invalid',
      details: ['etc/x.hbs:1:3: the view has no "misspelt"'],
    });
    expect(readdirSync(host.cwd).sort()).toEqual(['cluster.yaml', 'mine']);
  });
});
