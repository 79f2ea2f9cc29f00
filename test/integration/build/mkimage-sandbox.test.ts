import { readFileSync, readdirSync } from 'node:fs';
import { cp, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openPackage } from '../../../scripts/apk/package/package-file.ts';
import { sha256 } from '../../../scripts/core/digest.ts';
import { INSIDE } from '../../../scripts/image/mkimage/builder/builder-root.ts';
import { hostSystem } from '../../../scripts/image/mkimage/builder/host-system.ts';
import { mkimageNodes } from '../../../scripts/image/mkimage/profile-plugin.ts';
import { prepareRun } from '../../../scripts/image/mkimage/run-folder.ts';
import type { RunFolder } from '../../../scripts/image/mkimage/run-folder.ts';
import { runMkimage } from '../../../scripts/image/mkimage/run-mkimage.ts';
import { installPackages } from '../../../scripts/image/root/install-packages.ts';
import { runPackageScripts } from '../../../scripts/image/root/run-scripts.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { temporaryFolder, testHost } from '../../support/host/test-host.ts';
import type { TestHost } from '../../support/host/test-host.ts';
import { labSource, suiteFolder } from '../../support/images/build-site.ts';
import { suiteHost } from '../../support/images/lab-pair.ts';
import { mkimageInputs } from '../../support/images/mkimage-inputs.ts';

/** Instead of mkimage.sh: prints what it sees of the world and where it can write. */
const PROBE = `#!/bin/sh
out=/vipiso/out
env | sort > $out/environment
cut -d: -f1 /proc/net/dev | tail -n +3 > $out/interfaces
ls / > $out/root
ls -d /proc/[0-9]* | wc -l > $out/processes
id -u > $out/user
for place in / /etc /etc/apk/keys /bin /usr /tmp ${Object.values(INSIDE).join(' ')}; do
	if touch "$place/probe" 2>/dev/null; then echo "$place"; fi
done > $out/writable
wget -T 3 -O /dev/null http://127.0.0.1/ 2>&1 | head -n 1 >&2
printf image > $out/lb-1.iso
`;

const host = suiteHost();

describe.runIf(requireTools('bwrap', 'apt-get'))("mkimage's own sandbox", () => {
  const folder = suiteFolder();
  const system = path.join(folder, 'system');

  beforeAll(async () => {
    const packages = path.join((await labSource(host)).repository, 'x86_64');
    const names = readdirSync(packages).filter((name) => /^busybox(-binsh)?-\d/.test(name));
    for (const place of ['proc', 'dev', 'tmp', 'etc/apk', 'usr', 'home/user']) {
      await mkdir(path.join(system, place), { recursive: true });
    }
    const opened = names.map((name) => openPackage(readFileSync(path.join(packages, name))));
    const installed = await installPackages(system, opened);
    const log = path.join(folder, 'log');
    await runPackageScripts(host, system, installed, { select: () => true, log });
  });

  /** @returns what the script left in its output folder, by file name */
  async function run(
    script: string,
    whose: 'lock' | 'host',
    watch: (user: TestHost) => void = () => undefined,
  ): Promise<ReadonlyMap<string, string>> {
    const place = temporaryFolder();
    const user = testHost({ cwd: place, env: { PATH: process.env['PATH'], SECRET: 'x' } });
    watch(user);
    const file = { name: 'mkimage.sh', executable: true, content: Buffer.from(script) };
    const inputs = mkimageInputs({
      ...{ imagePackages: [], kernelPackages: [] },
      scripts: { files: [file], sha256: sha256(script) },
    });
    const runFolder = path.join(place, 'run');
    await mkdir(runFolder);
    const parts = await prepareRun(runFolder, inputs, { plugin: '', hooks: new Map() });
    const root = whose === 'host' ? await hostSystem(system) : await preparedRoot(place);
    const about = { root, run: parts, nodes: mkimageNodes(['lb-1']), log: path.join(place, 'log') };
    await runMkimage(user, inputs, about);
    return await filesOf(parts);
  }

  /** A root as the locked tools get it: with all mount points, since nothing can be made in it later. */
  async function preparedRoot(place: string): Promise<string> {
    const root = path.join(place, 'root');
    await cp(system, root, { recursive: true, verbatimSymlinks: true });
    for (const inside of Object.values(INSIDE)) {
      await mkdir(path.join(root, inside), { recursive: true });
    }
    return root;
  }

  async function filesOf({ out }: RunFolder): Promise<ReadonlyMap<string, string>> {
    const entries = readdirSync(out).map(async (name) => {
      return [name, (await readFile(path.join(out, name), 'utf8')).trim()] as const;
    });
    return new Map(await Promise.all(entries));
  }

  describe.each(['lock', 'host'] as const)('with the tools of the %s', (whose) => {
    test('has no network, no process and no variable of the user', async () => {
      const seen = await run(PROBE, whose);
      expect(seen.get('interfaces')).toBe('lo');
      expect(Number(seen.get('processes'))).toBeLessThan(8);
      expect(seen.get('user')).toBe('1000');
      const names = (seen.get('environment') ?? '').split('\n').map((it) => it.split('=')[0]);
      expect(names.filter((it) => !['PWD', 'SHLVL', '_'].includes(it ?? ''))).toEqual([
        ...['FAKEROOTDONTTRYCHOWN', 'HOME', 'LC_ALL', 'MKSQUASHFS_OPTS', 'PACKAGER_PRIVKEY'],
        ...['PATH', 'SOURCE_DATE_EPOCH', 'TMPDIR', 'TZ'],
      ]);
    });

    test('writes to its work, its results and its temporary files alone', async () => {
      const places = (await run(PROBE, whose)).get('writable')?.split('\n') ?? [];
      expect(places).toEqual(['/tmp', INSIDE.work, INSIDE.out]);
      expect(readdirSync(system)).not.toContain('probe');
    });
  });

  test("sees no home and nobody's files beside an Alpine host's system", async () => {
    const seen = (await run(PROBE, 'host')).get('root')?.split('\n');
    expect(seen).toEqual(['bin', 'dev', 'etc', 'lib', 'proc', 'sbin', 'tmp', 'usr', 'vipiso']);
  });

  test('ends with all its programs when the user interrupts', async () => {
    const script = 'echo ">>> mkimage-x86_64: --> kernel x86_64" >&2; sleep 1234 & sleep 1234';
    const interrupted = run(script, 'lock', (user) => {
      const timer = setInterval(() => {
        if (!user.events.some(({ type }) => type === 'step-start')) return;
        clearInterval(timer);
        user.abort();
      }, 20);
    });
    await expect(interrupted).rejects.toMatchObject({ code: 'interrupted' });
    await expect.poll(() => livingWith('sleep\u00001234'), { timeout: 10_000 }).toEqual([]);
  });

  test('that makes no image is an error, whatever mkimage ends with; its words are shown', async () => {
    const silent = 'echo ">>> mkimage-x86_64: Building nothing" >&2; exit 0';
    await expect(run(silent, 'lock')).rejects.toMatchObject({
      code: 'image-wrong',
      message: 'mkimage ended without an error, but made no lb-1.iso',
      details: expect.arrayContaining(['  >>> mkimage-x86_64: Building nothing']) as unknown,
    });
    await expect(run('echo "no such thing" >&2; exit 1', 'lock')).rejects.toMatchObject({
      code: 'tool-failed',
      message: 'mkimage failed with exit code 1',
      details: ['  no such thing', expect.stringMatching(/^log: /) as unknown],
      hint: 'To debug it by hand: vipiso eject -o <dir>',
    });
  });
});

/** Command lines of processes that hold the words. */
function livingWith(words: string): readonly string[] {
  return readdirSync('/proc')
    .filter((it) => /^\d+$/.test(it))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        // It ended meanwhile.
        return [];
      }
    })
    .filter((line) => line.includes(words));
}
