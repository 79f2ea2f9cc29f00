import { describe, expect, test } from 'vitest';
import {
  generationOfScripts,
  requireOneGeneration,
} from '../../../../../scripts/image/mkimage/builder/generation.ts';
import { SCRIPTS_OF, aportsLike } from '../../../../support/images/mkimage-scripts.ts';

const [of319, of321, today] = SCRIPTS_OF.map((it) => aportsLike(it));

function judge(
  scripts: typeof of319,
  apkTools: string | undefined,
  { branch = 'v3.24', from = 'lock' }: { branch?: string; from?: 'lock' | 'host' } = {},
): () => void {
  if (scripts === undefined) throw new Error('no scripts');
  return () => requireOneGeneration({ scripts, source: '/srv/aports', branch }, { from, apkTools });
}

describe("mkimage's scripts and the builder's apk", () => {
  test('are told apart by how mkimage.sh makes its root', () => {
    const generations = SCRIPTS_OF.map((it) => generationOfScripts(aportsLike(it)));
    expect(generations).toEqual(['2', '2', '3']);
  });

  test.each([
    ['v3.19', of319, '2.14.0-r5'],
    ['v3.21', of321, '2.14.6-r2'],
    ['today', today, '3.0.6-r0'],
    ['today, a candidate', today, '3.0.0_rc5-r1'],
  ])('of %s fit each other', (_what, scripts, apk) => {
    expect(judge(scripts, apk)).not.toThrow();
  });

  test('of two generations are refused: whose, which, and what to do', () => {
    expect(judge(of321, '3.0.6-r0')).toThrow(
      expect.objectContaining({
        code: 'scripts-unfit',
        message: "mkimage's scripts are made for apk-tools 2, and the lock has apk-tools 3.0.6-r0",
        details: [
          'scripts: /srv/aports',
          expect.stringContaining('without `--no-chown`') as unknown,
          'apk-tools 3.0.6-r0: of the lock',
        ],
        hint: expect.stringContaining('vipiso lock') as unknown,
      }),
    );
    expect(judge(today, '2.14.0-r5', { branch: 'v3.19', from: 'host' })).toThrow(
      expect.objectContaining({
        message:
          "mkimage's scripts are made for apk-tools 3, and this host has apk-tools 2.14.0-r5",
        hint: expect.stringContaining('leave --builder out') as unknown,
      }),
    );
  });

  test('are not judged where one of them is not known', () => {
    expect(judge(of319, undefined)).not.toThrow();
    expect(judge(of319, 'none')).not.toThrow();
    const others = aportsLike(SCRIPTS_OF[0] ?? never(), (text) => text.replaceAll('--initdb', ''));
    expect(judge(others, '3.0.6-r0')).not.toThrow();
  });

  test('of v3.22 may differ one way: apk 2.14 takes the option as well', () => {
    expect(judge(today, '2.14.9-r2', { branch: 'v3.22' })).not.toThrow();
    expect(judge(of321, '3.0.6-r0', { branch: 'v3.22' })).toThrow();
  });
});

function never(): never {
  throw new Error('no scripts');
}
