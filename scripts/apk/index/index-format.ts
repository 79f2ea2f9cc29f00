import { ADB_INDEX_FILE, adbError, isAdb } from './adb-format.ts';
import { readIndexArchive, THE_INDEX } from './index-archive.ts';
import type { IndexArchive, Trust } from './index-archive.ts';

/** One format of package index, told by its first bytes. */
interface IndexFormat {
  /** Its name in a repository, below the folder of the architecture. */
  readonly fileName: string;
  readonly recognises: (bytes: Buffer) => boolean;
  /** `what` names the index in messages; the rest is as `readIndexArchive` takes it. */
  readonly read: (
    bytes: Buffer,
    trust: Trust,
    cached: Buffer | undefined,
    what: string,
  ) => IndexArchive;
}

const FORMAT_2: IndexFormat = {
  fileName: 'APKINDEX.tar.gz',
  recognises: () => true,
  read: readIndexArchive,
};

const FORMAT_3: IndexFormat = {
  fileName: ADB_INDEX_FILE,
  recognises: isAdb,
  read: (_bytes, _trust, _cached, what) => {
    throw adbError(what);
  },
};

/** What is not of the others is for format 2 to judge. */
const FORMATS: readonly IndexFormat[] = [FORMAT_3, FORMAT_2];

/** The file that repositories are asked for. */
export const INDEX_FILE = FORMAT_2.fileName;

/**
 * Reads a package index in whichever format it is and verifies it.
 *
 * @param about as `readIndexArchive` takes them
 * @throws VipisoError `unsupported-format` for the format of apk-tools 3; and what `readIndexArchive` throws
 */
export function readIndex(
  bytes: Buffer,
  trust: Trust,
  about: { readonly cached?: Buffer | undefined; readonly what?: string } = {},
): IndexArchive {
  const format = FORMATS.find(({ recognises }) => recognises(bytes)) ?? FORMAT_2;
  return format.read(bytes, trust, about.cached, about.what ?? THE_INDEX);
}
