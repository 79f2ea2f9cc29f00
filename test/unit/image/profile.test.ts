import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProfile, parseProfile } from '../../../scripts/image/profile.ts';
import { testHost } from '../../support/host/test-host.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../../profiles');
const VIRT = readFileSync(path.join(FOLDER, 'virt.yaml'), 'utf8');

describe('image profiles', () => {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

  test.each(names)('%s is valid', async (name) => {
    const profile = await loadProfile(testHost(), path.parse(name).name);
    expect(profile.initramfs.features).toContain('cdrom');
  });

  test.each(['nonesuch', '../virt', 'starter/cluster'])('%s is not one', async (name) => {
    await expect(loadProfile(testHost(), name)).rejects.toMatchObject({
      code: 'not-found',
      hint: 'Set image.profile to one of: virt',
    });
  });

  test.each([
    ['a key that nothing reads', `${VIRT}\nkernle: {}\n`, 'kernle'],
    ['an argument of two words', VIRT.replace('quiet]', '"quiet splash"]'), 'kernel.arguments.1'],
    [
      'a level of another compression',
      VIRT.replace('compression: zstd', 'compression: xz'),
      'level',
    ],
  ])('with %s is refused', (_what, text, place) => {
    expect(() => parseProfile(text, 'virt')).toThrow(
      expect.objectContaining({
        code: 'usage',
        details: expect.arrayContaining([expect.stringContaining(place)]) as string[],
      }),
    );
  });
});
