import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { renderFolder } from '../../../../scripts/overlay/templates/render-folder.ts';
import { layTrees, listTree } from '../../../../scripts/overlay/tree.ts';
import { viewOf } from '../../../../scripts/overlay/view/view.ts';
import { modelOf, nodeOf, REFERENCE_FILE } from '../../../support/cluster/reference-model.ts';
import { temporaryFolder } from '../../../support/host/test-host.ts';

const cluster = modelOf(REFERENCE_FILE);
const view = viewOf(cluster, nodeOf(cluster), { release: 'r' });
let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

function put(name: string, text: string, mode = 0o644): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
  chmodSync(path.join(folder, name), mode);
}

async function render(): Promise<string> {
  return listTree(layTrees(await renderFolder(folder, view)));
}

describe('renderFolder', () => {
  it('normalises modes to the executable bit and the path', async () => {
    put('etc/plain', '', 0o666);
    put('etc/script', '', 0o750);
    put('etc/setuid', '', 0o4711);
    put('etc/ssh/ssh_host_ed25519_key', '', 0o644);
    put('etc/haproxy/tls.pem', '', 0o664);
    put('root/.ssh/authorized_keys', '', 0o644);
    expect(await render()).toBe(
      [
        'd0755 0:0 etc',
        'd0755 0:0 etc/haproxy',
        '-0600 0:0 etc/haproxy/tls.pem',
        '-0644 0:0 etc/plain',
        '-0755 0:0 etc/script',
        '-0755 0:0 etc/setuid',
        'd0755 0:0 etc/ssh',
        '-0600 0:0 etc/ssh/ssh_host_ed25519_key',
        'd0700 0:0 root',
        'd0700 0:0 root/.ssh',
        '-0600 0:0 root/.ssh/authorized_keys',
        '',
      ].join('\n'),
    );
  });

  it('renders templates, leaves out blank ones with their folder, and keeps folders that are meant to be empty', async () => {
    put('etc/name.hbs', '{{hostname}}', 0o755);
    put('etc/off/never.hbs', '{{#if stats}}x{{/if}}\n');
    mkdirSync(path.join(folder, 'var/empty'), { recursive: true });
    expect(await render()).toBe(
      ['d0755 0:0 etc', '-0755 0:0 etc/name', 'd0755 0:0 var', 'd0755 0:0 var/empty', ''].join(
        '\n',
      ),
    );
  });

  it('copies what is not a template byte by byte', async () => {
    put('etc/x', '{{hostname}} \u0000');
    const [, entry] = await renderFolder(folder, view);
    expect(entry).toMatchObject({ path: 'etc/x', content: Buffer.from('{{hostname}} \u0000') });
  });

  it('keeps links, absolute ones counted from the root of the image', async () => {
    put('etc/a', '');
    symlinkSync('/etc/init.d/x', path.join(folder, 'etc/absolute'));
    symlinkSync('../etc/a', path.join(folder, 'etc/relative'));
    expect(await render()).toContain('l---- 0:0 etc/absolute -> /etc/init.d/x\n');
    expect(await render()).toContain('l---- 0:0 etc/relative -> ../etc/a\n');
  });

  it('refuses a link that climbs out of the tree', async () => {
    put('etc/a', '');
    symlinkSync('../../host', path.join(folder, 'etc/out'));
    await expect(render()).rejects.toMatchObject({ code: 'cluster-invalid' });
  });

  it('refuses what is not a file, folder or link', async () => {
    mkdirSync(path.join(folder, 'etc'));
    expect(spawnSync('mkfifo', [path.join(folder, 'etc/pipe')]).status).toBe(0);
    await expect(render()).rejects.toThrow(/neither a file, a folder nor a link/);
  });

  it('refuses a file at the top, which would end the list that apk reads', async () => {
    put('README.md', '');
    await expect(render()).rejects.toThrow(/is at the top level/);
  });

  it('names a folder that is not there', async () => {
    folder = path.join(folder, 'nowhere');
    await expect(render()).rejects.toMatchObject({ code: 'not-found' });
  });

  it('refuses a template in another encoding', async () => {
    mkdirSync(path.join(folder, 'etc'));
    writeFileSync(path.join(folder, 'etc/x.hbs'), Buffer.from([0xff, 0xfe]));
    await expect(render()).rejects.toThrow(/not UTF-8/);
  });
});
