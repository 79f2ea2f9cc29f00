import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { makeToolPackage } from '../../support/host/tool-package.ts';
import { makeFetchSite } from '../../support/http/fetch-site.ts';

const RUNS = 4;

const toolRoot = mkdtempSync(path.join(os.tmpdir(), 'vipiso-tool-'));
afterAll(() => rmSync(toolRoot, { recursive: true, force: true }));
const tool = makeToolPackage(toolRoot);

describe.each([
  ['', (): void => undefined],
  [
    ', beside a file of the user’s',
    (keys: string): void => {
      mkdirSync(keys, { recursive: true });
      writeFileSync(path.join(keys, 'site.rsa'), 'mine');
    },
  ],
])('the first runs that sign something, all at once%s', (_what, prepare) => {
  test('make one key and sign by it', async () => {
    const site = await makeFetchSite(tool, testKeyPair(), 100);
    const keys = path.join(site.host.dataFolder, 'keys');
    prepare(keys);
    const runs = await Promise.all(
      Array.from({ length: RUNS }, (_, index) =>
        site.run(['fetch', '--offline', '--mirror', `mirror-${index}`]),
      ),
    );
    for (const run of runs)
      expect(await run.exited, run.lines.join('\n')).toMatchObject({ exitCode: 0 });
    const made = readdirSync(keys, { recursive: true, encoding: 'utf8' }).filter((it) =>
      /vipiso-[0-9a-f]{8}\.rsa$/.test(it),
    );
    expect(made).toHaveLength(1);
    const file = path.join(keys, made[0] ?? '');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(
      made[0]?.includes('/') ? 0o700 : statSync(keys).mode & 0o777,
    );
    const signed = runs.map((_, index) => {
      const mirror = path.join(site.host.folder, `mirror-${index}`);
      const [name = ''] = readdirSync(mirror, { recursive: true, encoding: 'utf8' }).filter((it) =>
        it.endsWith('APKINDEX.tar.gz'),
      );
      return readFileSync(path.join(mirror, name)).toString('base64');
    });
    expect(new Set(signed).size).toBe(1);
  });
});
