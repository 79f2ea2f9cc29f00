import { lstatSync, mkdirSync, statSync, symlinkSync, writeFileSync, chmodSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { moveBelow, writeBelow } from '../../../../scripts/host/below/files-below.ts';
import { giveTree } from '../../../../scripts/host/below/give-tree.ts';
import { freeId } from '../../../../scripts/host/sandbox/free-id.ts';
import { otherAccount } from '../../../../scripts/host/sandbox/other-account.ts';
import { runSandboxed } from '../../../../scripts/host/sandbox/sandbox.ts';
import { temporaryFolder, testHost } from '../../../support/host/test-host.ts';
import { requireTools } from '../../../support/host/require-tools.ts';

const WHOLE = '         0          0 4294967295\n';
const isRoot = process.geteuid?.() === 0;
const ID = 2_140_000_000;

describe('an id for root’s sandboxes', () => {
  const none = { maps: [WHOLE, WHOLE], accounts: [], ranges: [] };

  test('is one that nobody has', () => {
    expect(freeId(none)).toBe(ID);
    expect(freeId({ ...none, accounts: [`mary:x:${ID}:100::/:/bin/sh\n`] })).toBe(65_530);
    expect(freeId({ ...none, ranges: ['mary:2100000000:100000000\n'] })).toBe(65_530);
  });

  test('is one that a container has, where there is any', () => {
    const map = '         0     100000      65536\n';
    expect(freeId({ ...none, maps: [map, map] })).toBe(65_530);
    expect(freeId({ ...none, maps: ['0 1000 1\n', '0 1000 1\n'] })).toBeUndefined();
  });
});

describe.runIf(isRoot && requireTools('bwrap', 'setpriv'))(
  'what root gives to its sandboxes',
  () => {
    test('keeps modes and what links lead to', async () => {
      const folder = temporaryFolder();
      const [root, victim] = [path.join(folder, 'root'), path.join(folder, 'victim')];
      mkdirSync(path.join(root, 'bin'), { recursive: true });
      for (const file of [victim, path.join(root, 'bin/su')]) writeFileSync(file, 'x');
      chmodSync(path.join(root, 'bin/su'), 0o4755);
      symlinkSync(victim, path.join(root, 'link'));
      await giveTree(root, ID);
      for (const name of ['', 'bin', 'bin/su', 'link'])
        expect(lstatSync(path.join(root, name)).uid).toBe(ID);
      expect(statSync(path.join(root, 'bin/su')).mode & 0o7777).toBe(0o4755);
      expect(statSync(victim).uid).toBe(0);
      // What is made there later, too; what is moved out comes back.
      await writeBelow({ root, file: 'new/file', links: 'refuse' }, 'x');
      expect([
        statSync(path.join(root, 'new')).uid,
        statSync(path.join(root, 'new/file')).uid,
      ]).toEqual([ID, ID]);
      await moveBelow({ root, file: 'new/file', links: 'refuse' }, path.join(folder, 'moved'));
      expect(statSync(path.join(folder, 'moved')).uid).toBe(0);
    });

    test('is no file of root’s: those it may neither read nor write, below closed folders it works', async () => {
      const folder = path.join(temporaryFolder(), 'closed');
      mkdirSync(folder, { mode: 0o700 });
      const host = testHost({ cacheFolder: path.join(folder, 'cache') });
      const account = await otherAccount(host);
      expect(account?.id).toBeDefined();
      const temp = path.join(folder, 'temp');
      mkdirSync(temp);
      const parts = ['bin', 'etc', 'lib', 'lib64', 'usr'].map((name) => ({
        at: `/${name}`,
        folder: `/${name}`,
      }));
      const script = `id -u; cat /etc/shadow; echo x >> /etc/passwd; chmod 777 /dev/null; echo x > /tmp/made`;
      const { stdout, stderr } = await runSandboxed(host, {
        root: { parts },
        temp,
        command: ['/bin/sh', '-c', script],
      });
      expect(stdout).toBe('0\n');
      expect(stderr).toMatch(/shadow: Permission denied/);
      expect(stderr).toMatch(/\/dev\/null.*Operation not permitted/);
      expect(statSync(path.join(temp, 'made')).uid).toBe(account?.id);
    });
  },
);
