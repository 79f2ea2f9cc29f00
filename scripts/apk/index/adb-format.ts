import { VipisoError } from '../../core/errors.ts';

/**
 * Magic of apk-tools 3's files, indexes and packages alike (adb.h, adb_comp.c): as they are, deflated, or compressed in
 * another way.
 */
const MAGICS: ReadonlySet<string> = new Set(['ADB.', 'ADBd', 'ADBc']);

/** What a repository of apk-tools 3 calls its index, beside or instead of `APKINDEX.tar.gz`. */
export const ADB_INDEX_FILE = 'Packages.adb';

/** Whether a file is in the format of apk-tools 3; its name does not tell. */
export function isAdb(bytes: Buffer): boolean {
  return MAGICS.has(bytes.toString('latin1', 0, 4));
}

/** The error for a file of apk-tools 3; `what` is the subject of its sentence. */
export function adbError(what: string): VipisoError {
  return new VipisoError(
    'unsupported-format',
    `${what} is in the format of apk-tools 3 (ADB), which vipiso does not read.`,
    {
      hint: 'Use a repository of format 2: APKINDEX.tar.gz and packages as abuild makes them, which Alpine publishes for every branch.',
    },
  );
}
