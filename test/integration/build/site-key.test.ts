import { statSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { siteKey } from '../../../scripts/packages/trust/site-key.ts';
import { testHost } from '../../support/host/test-host.ts';

// Here and not among the fast tests: making a key of full size takes seconds on a busy machine.
describe('the key of a site', () => {
  test('is made once, for its owner alone, and said', async () => {
    const host = testHost();
    const made = await siteKey(host);
    const again = await siteKey(host);
    expect(again).toEqual(made);
    expect(made.signing.name).toMatch(/^vipiso-[0-9a-f]{8}\.rsa\.pub$/);
    const folder = path.join(host.dataFolder, 'keys');
    const file = path.join(folder, path.parse(made.signing.name).name);
    expect((await readdir(folder)).sort()).toEqual([
      path.basename(file),
      `${path.basename(file)}.pub`,
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await readFile(`${file}.pub`, 'utf8')).toBe(made.publicKeyPem);
    expect(host.events.filter(({ type }) => type === 'note')).toHaveLength(1);
  });
});
