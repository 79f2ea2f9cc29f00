import { describe, expect, test } from 'vitest';
import {
  requireInterface,
  takesHostkeys,
} from '../../../../../scripts/image/mkimage/aports/script-interface.ts';
import { SCRIPTS_OF, aportsLike } from '../../../../support/images/mkimage-scripts.ts';
import type { ScriptsOf } from '../../../../support/images/mkimage-scripts.ts';

const [first] = SCRIPTS_OF;
if (first === undefined) throw new Error('no scripts');
const how: ScriptsOf = first;

describe("what the profile relies on in mkimage's scripts", () => {
  test.each(SCRIPTS_OF)('is there in those of $branch', (it) => {
    expect(() => requireInterface(aportsLike(it), 'x')).not.toThrow();
  });

  test.each([
    [
      'a function that is put instead of mkimage’s',
      /^syslinux_gen_config\(\)/m,
      'sys()',
      'the function syslinux_gen_config',
    ],
    [
      'a call of such a function',
      '\tgrub_gen_config\n',
      '\ttrue\n',
      'a call of the function grub_gen_config',
    ],
    ['the base profile', /^profile_base\(\)/m, 'other()', 'the function profile_base'],
    ['a variable', '$initfs_features', '$initramfs_features', 'the variable initfs_features'],
    ['an option', '--repository)', '--repo)', 'the option --repository'],
  ])('is missed: %s', (_what, from, to, missing) => {
    const scripts = aportsLike(how, (text) => text.replace(from, to));
    expect(() => requireInterface(scripts, 'https://x/aports.tar.gz')).toThrow(
      expect.objectContaining({
        code: 'scripts-unfit',
        message: "mkimage's scripts lack what vipiso's profile relies on: https://x/aports.tar.gz",
        details: [`missing: ${missing}`],
      }),
    );
  });

  test('is missed all at once, and what stands in a comment does not count', () => {
    const scripts = aportsLike(how, (text) =>
      text
        .replace('\t--tag) RELEASE', '\t# --tag) RELEASE')
        .replace('$grub_mod', '')
        .replace('$iso_opts', ''),
    );
    expect(() => requireInterface(scripts, 'x')).toThrow(
      expect.objectContaining({
        details: [
          'missing: the variable grub_mod',
          'missing: the variable iso_opts',
          'missing: the option --tag',
        ],
      }),
    );
  });
});

test('--hostkeys is known where mkimage.sh takes it, and not where a text speaks of it', () => {
  expect(takesHostkeys(aportsLike(how))).toBe(true);
  const without = aportsLike(how, (text) => text.replace('--hostkeys) ', '--keys) '));
  expect(takesHostkeys(without)).toBe(false);
});
