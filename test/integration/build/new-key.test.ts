import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { siteKey } from '../../../scripts/packages/trust/site-key.ts';
import { newSiteKey } from '../../../scripts/workflows/key/new.ts';
import { testHost } from '../../support/host/test-host.ts';

describe('vipiso key new', () => {
  it('makes the pair that builds then use, the private half for its owner alone, and never replaces it', async () => {
    const host = testHost();
    const made = await newSiteKey(host, undefined);
    expect(statSync(made.file).mode & 0o777).toBe(0o600);
    const before = readFileSync(made.file, 'utf8');

    const used = await siteKey(host);
    expect(used.signing.name).toBe(path.basename(made.publicFile));
    expect(used.publicKeyPem).toBe(readFileSync(made.publicFile, 'utf8'));

    await expect(newSiteKey(host, undefined)).rejects.toMatchObject({ code: 'already-exists' });
    expect(readFileSync(made.file, 'utf8')).toBe(before);
  });
});
