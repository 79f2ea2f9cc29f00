import { expect, test } from 'vitest';
import {
  APORTS_PLACES,
  archiveOf,
  branchArchive,
  equivalentArchives,
} from '../../../../../scripts/image/mkimage/aports/aports-places.ts';

test.each([
  ['v3.24', '3.24-stable'],
  ['edge', 'master'],
])(
  "the scripts of %s are one folder of the branch's archive, the mirror's, or the whole",
  (branch, ref) => {
    const whole = `https://gitlab.alpinelinux.org/alpine/aports/-/archive/${ref}/aports-${ref}.tar.gz`;
    expect(equivalentArchives(APORTS_PLACES, branchArchive(APORTS_PLACES, branch))).toEqual([
      `${whole}?path=scripts`,
      `https://codeload.github.com/alpinelinux/aports/tar.gz/${ref}`,
      whole,
    ]);
  },
);

test('so are those of a commit, as a lock names it', () => {
  const commit = 'a1b2c3d4'.repeat(5);
  const [, mirrored] = equivalentArchives(APORTS_PLACES, archiveOf(APORTS_PLACES, commit));
  expect(mirrored).toBe(`https://codeload.github.com/alpinelinux/aports/tar.gz/${commit}`);
});

test("another GitLab's project has no mirror, and any other URL stands for itself", () => {
  const fork = 'https://git.example.org/me/aports/-/archive/mine/aports-mine.tar.gz';
  expect(equivalentArchives(APORTS_PLACES, fork)).toEqual([`${fork}?path=scripts`, fork]);
  for (const url of ['https://example.org/aports.tar.gz', `${fork}?path=scripts`]) {
    expect(equivalentArchives(APORTS_PLACES, url)).toEqual([url]);
  }
});
