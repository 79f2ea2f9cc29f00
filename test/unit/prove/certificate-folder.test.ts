import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { certificateFolder } from '../../../scripts/workflows/prove/prove.ts';
import { temporaryFolder } from '../../support/host/test-host.ts';

test('a proof goes beside the images, and of a signed release beside the release', async () => {
  const folder = path.join(temporaryFolder(), 'it');
  expect(await certificateFolder(folder)).toBe(folder);
  const release = temporaryFolder();
  writeFileSync(path.join(release, 'SHA256SUMS.sig'), '');
  expect(await certificateFolder(release)).toBe(`${release}.proof`);
  expect(existsSync(`${release}.proof`)).toBe(true);
});
