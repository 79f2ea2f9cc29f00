import path from 'node:path';
import { expect, test } from 'vitest';
import { diffSubjects } from '../../../../scripts/release/diff/diff.ts';
import { diffDocument, diffText } from '../../../../scripts/release/diff/text.ts';
import { CANARIES, exampleSubjects } from '../../../support/release/diff-subjects.ts';

const GOLDEN = path.resolve(import.meta.dirname, '../../../golden/diff');
const { before, after } = exampleSubjects();
const diff = diffSubjects(before, after);

test.each([
  ['release.txt', `${diffText(diff).join('\n')}\n`],
  ['release.md', diffDocument(diff)],
  ['release.json', `${JSON.stringify(diff, null, 2)}\n`],
])('a package, a line, a kernel argument and secrets that differ: %s', async (name, text) => {
  await expect(text).toMatchFileSnapshot(path.join(GOLDEN, name));
  for (const secret of Object.values(CANARIES).flat()) expect(text).not.toContain(secret);
});

test('secrets are told as changed or unchanged, by what they are', () => {
  expect(diff.secrets.map(({ what, state }) => `${what}: ${state}`).sort()).toEqual([
    'auth_pass of VI_1: changed',
    'content: changed',
    'password hash of root: unchanged',
    'password of ops: changed',
    'token: changed',
  ]);
});

test('what is the same is no change; times that were measured are none either', () => {
  const same = diffSubjects(before, before);
  expect(same.changed).toBe(false);
  expect(diffText(same).join('\n')).toContain('Nothing changed');
  expect(diff.changed).toBe(true);
});

test('a file whose masked text is not what the manifest tells is not shown', () => {
  const other = {
    ...after,
    images: after.images.map((image) => ({
      ...image,
      told: image.told && {
        ...image.told,
        configuration: image.told.configuration.map((it) => ({ ...it, sha256: '0'.repeat(64) })),
      },
    })),
  };
  const shown = diffSubjects(before, other).configuration.find(({ path: file }) =>
    file.endsWith('haproxy.cfg'),
  );
  expect(shown).toMatchObject({ hidden: 'secret', hunks: [] });
});

test('what an image says of itself reaches no terminal as control characters', () => {
  const hostile = { ...after, name: 'a\u001b[2Jb' };
  expect(diffText(diffSubjects(before, hostile)).join('\n')).not.toContain('\u001b');
});
