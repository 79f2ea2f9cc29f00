import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Host } from '../../../scripts/host/host.ts';
import { rotateKey } from '../../../scripts/workflows/key/rotate.ts';
import type { ReleaseRequest, ReleaseResult } from '../../../scripts/workflows/release.ts';
import { verifyWhat } from '../../../scripts/workflows/verify.ts';
import { placesOfSecrets } from '../../support/release/find-secrets.ts';
import type { ReleaseBed } from './rebuilds.ts';

const NEW_SECRET = 'cAnArY9x';

/** One further release, with other settings and another key. */
export function nextReleaseTest(
  bed: ReleaseBed,
  release: (request: Partial<ReleaseRequest>, host: Host) => Promise<ReleaseResult>,
): void {
  test('the next release: readers of the old key and of the new one accept it, CHANGES.md tells what changed and no secret', async () => {
    const { file, folder, canaries } = bed;
    const [made, site] = [bed.made(), bed.site()];
    const dataFolder = path.join(folder, 'rotated');
    const keys = path.join(site.host.dataFolder, 'keys');
    cpSync(keys, path.join(dataFolder, 'keys'), { recursive: true });
    const host = { ...site.host, dataFolder };
    await rotateKey(host);
    const secret = path.join(folder, 'secrets/vrrp');
    const before = readFileSync(secret);
    await site.configure({
      ...file,
      image: { engine: 'native', kernel_arguments: ['mitigations=off'] },
      haproxy: { nbthread: 2 },
    });
    writeFileSync(secret, `${NEW_SECRET}\n`);
    const request = { version: '2027.1', previous: made.folder };
    const next = await release(request, host).finally(async () => {
      writeFileSync(secret, before);
      await site.configure(file);
    });
    expect(next.manifest.signingKey.name).not.toBe(made.manifest.signingKey.name);
    for (const key of readdirSync(path.join(next.folder, 'keys'))) {
      if (!key.endsWith('.pub')) continue;
      const named = [path.join(next.folder, 'keys', key)];
      expect((await verifyWhat(host, next.folder, named)).error, key).toBeUndefined();
    }
    expect(readdirSync(path.join(next.folder, 'signatures'))).toHaveLength(1);

    const changes = readFileSync(path.join(next.folder, 'CHANGES.md'), 'utf8');
    expect(changes).toContain('# cluster 2027.1\n\nAgainst 2026.12.\n');
    expect(changes).toContain('- version: 2026.12 -> 2027.1');
    expect(changes).toMatch(/^- signing key: /m);
    expect(changes).toMatch(/^- added: mitigations=off \(lb-1, lb-2\)$/m);
    expect(changes).toMatch(/^- changed: auth_pass of VI_1 in /m);
    expect(changes).toMatch(/^\+ +nbthread 2$/m);
    const all = { ...canaries, 'the new vrrp.auth_pass': NEW_SECRET };
    expect(placesOfSecrets(all, [next.folder], {})).toEqual([]);
    rmSync(next.folder, { recursive: true });
  }, 120_000);
}
