import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { makeToolPackage } from '../../support/host/tool-package.ts';
import { makeFetchSite, REPOSITORY } from '../../support/http/fetch-site.ts';

const toolRoot = mkdtempSync(path.join(os.tmpdir(), 'vipiso-tool-'));
afterAll(() => rmSync(toolRoot, { recursive: true, force: true }));

/** Runs the words behind it on a file system of 1 MiB, makes that larger, and runs them again. */
const GROWING_DISK = `
mount -t tmpfs -o size=1m none "$0" || exit 99
"$@"
echo "first: $?"
mount -o remount,size=64m "$0" || exit 99
exec "$@"
`;

describe.runIf(requireTools('unshare', 'mount'))('a disk that is too small', () => {
  test('ends the fetch with needed and free space; with more space the next one completes', async () => {
    const site = await makeFetchSite(makeToolPackage(toolRoot), testKeyPair(), 150_000);
    mkdirSync(site.cache);
    const within = ['unshare', '-Urm', 'sh', '-c', GROWING_DISK, site.cache];
    const repository = path.join(site.packages, REPOSITORY);
    const run = await site.run(['fetch', '--repository', repository], { within });
    expect(await run.exited, run.lines.join('\n')).toMatchObject({ exitCode: 0 });
    const text = run.lines.join('\n');
    expect(text).toContain('first: 5\n');
    expect(text).toMatch(/error\[disk-full\]: no space left on the device: .*needed: .*free: /);
    expect(text).toContain('VIPISO_CACHE moves the cache');
    expect(text).toMatch(/all there and verified$/);
  });
});
