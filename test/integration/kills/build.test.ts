import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../../scripts/core/digest.ts';
import { labSource, makeSite, suiteFolder } from '../../support/build-site.ts';
import type { PackageSource, Site } from '../../support/build-site.ts';
import { suiteHost } from '../../support/lab-pair.ts';
import { requireTools } from '../../support/require-tools.ts';
import { makeToolPackage } from '../../support/tool-package.ts';

const TOOLS = ['bwrap', 'xorriso', 'mksquashfs', 'mformat', 'mcopy', 'apt-get'];
/** A build takes seconds: few are enough for every day. */
const KILLS = Number(process.env['VIPISO_TEST_KILLS'] ?? 2);
const WHOLE = ['SHA256SUMS', 'lb-1.iso', 'lb-2.iso', 'manifest.json'];
const HOOK = pathToFileURL(path.resolve(import.meta.dirname, '../../support/die-at.mjs')).href;

describe.runIf(requireTools(...TOOLS))(
  'a build that is killed at any change of the file system',
  () => {
    const toolRoot = mkdtempSync(path.join(os.tmpdir(), 'vipiso-tool-'));
    afterAll(() => rmSync(toolRoot, { recursive: true, force: true }));
    const tool = makeToolPackage(toolRoot);
    const folder = suiteFolder();
    let lab: PackageSource;
    let site: Site;
    let changes = 0;

    async function build(dieAt: number): Promise<string | undefined> {
      const { cacheFolder, dataFolder } = site.host;
      const { exitCode, signal, stderr } = await execa(
        process.execPath,
        [
          ...['--import', HOOK, tool, 'build'],
          ...['--repository', lab.repository, '--keys', lab.keys],
        ],
        {
          cwd: folder,
          env: {
            ...{ VIPISO_CACHE: cacheFolder, VIPISO_DATA: dataFolder },
            ...{ DIE_AT: String(dieAt), DIE_COUNT: path.join(folder, 'count') },
          },
          reject: false,
        },
      );
      if (signal === undefined) expect(exitCode, stderr).toBe(0);
      return signal;
    }

    beforeAll(async () => {
      lab = await labSource(suiteHost());
      site = await makeSite(lab, folder);
      await build(0);
      rmSync(path.join(folder, 'count'));
      await build(0);
      changes = Number(readFileSync(path.join(folder, 'count'), 'utf8'));
    }, 600_000);

    /** Where there are checksums, they are those of the images that lie there. */
    function expectOneSet(): void {
      const visible = readdirSync(site.out).filter((name) => !name.startsWith('.'));
      if (!visible.includes('SHA256SUMS')) return;
      expect(visible).toEqual(expect.arrayContaining(['lb-1.iso', 'lb-2.iso']));
      const lines = readFileSync(path.join(site.out, 'SHA256SUMS'), 'utf8').trim().split('\n');
      for (const line of lines) {
        const [digest, name = ''] = line.split(/\s+/);
        expect(sha256(readFileSync(path.join(site.out, name)))).toBe(digest);
      }
    }

    test('leaves one set of images, and nothing that stays behind the next', async () => {
      let kills = 0;
      for (let index = 0; kills < KILLS; index += 1) {
        // Every other one makes the base, too, and the packages' root.
        if (index % 4 === 1) rmSync(path.join(site.host.cacheFolder, 'bases'), { recursive: true });
        const dieAt = 1 + Math.floor((changes * ((index * 7) % 11)) / 11) + (index % 5);
        if ((await build(dieAt)) === 'SIGKILL') kills += 1;
        expectOneSet();
      }
      await build(0);
      expect(readdirSync(site.out).sort()).toEqual(WHOLE);
      expectOneSet();
      const left = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
        (name) => name.includes('.vipiso-tmp-') || /\/(leases|partial)\/./.test(name),
      );
      expect(left).toEqual([]);
      expect(existsSync(path.join(site.host.cacheFolder, 'bases'))).toBe(true);
    });
  },
);
