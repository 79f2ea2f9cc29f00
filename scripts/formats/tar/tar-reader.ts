import {
  cString,
  isExtension,
  parsePaxNumber,
  readTarNumber,
  readTarRecords,
  tarRefusal,
  ustarPath,
} from './tar-records.ts';
import type { TarContext, TarRecord } from './tar-records.ts';

export type TarEntryType =
  'file' | 'hardlink' | 'symlink' | 'character-device' | 'block-device' | 'directory' | 'fifo';

/** One entry of a tar archive (tar(5), POSIX.1-2017 pax) as its headers say, names unchecked: see `checkedPath`. */
export interface TarEntry {
  readonly path: string;
  readonly type: TarEntryType;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly uname: string;
  readonly gname: string;
  /** Unix seconds. */
  readonly mtime: number;
  /** Target of a symbolic or hard link, else empty. */
  readonly linkTarget: string;
  /** Numbers of a device node, else zeros. */
  readonly device: { readonly major: number; readonly minor: number };
  /** A view into the archive's bytes, empty for anything but a file. */
  readonly content: Buffer;
  /** Extended header records of this entry (POSIX pax), such as `APK-TOOLS.checksum.SHA1`. */
  readonly pax: ReadonlyMap<string, string>;
}

const ENTRY_TYPES: Readonly<Record<string, TarEntryType>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
  '7': 'file',
};

/** What GNU's long names say of the entry that follows them. */
interface LongNames {
  path: string | undefined;
  link: string | undefined;
}

/**
 * Reads the entries of a tar archive; `readTarRecords` says how strictly.
 *
 * @throws VipisoError with `context.code` at the first thing that is not as it should be.
 */
export function* readTar(archive: Buffer, context: TarContext): Generator<TarEntry> {
  let long: LongNames = { path: undefined, link: undefined };
  for (const record of readTarRecords(archive, context)) {
    if (record.type === 'L') long.path = cString(record.content);
    else if (record.type === 'K') long.link = cString(record.content);
    else if (!isExtension(record)) {
      yield entryOf(record, long, context);
      long = { path: undefined, link: undefined };
    }
  }
}

function entryOf(record: TarRecord, long: LongNames, context: TarContext): TarEntry {
  const { header, content, pax } = record;
  const type = ENTRY_TYPES[record.type];
  if (type === undefined) {
    throw tarRefusal(context, `it holds an entry of unknown type “${record.type}”`);
  }
  if (type !== 'file' && content.length > 0) {
    throw tarRefusal(context, `a ${type} entry carries data`);
  }
  const number = (name: string, start: number, length: number): number => {
    const override = pax.get(name);
    return override === undefined
      ? readTarNumber(header.subarray(start, start + length), context)
      : parsePaxNumber(override, context);
  };
  return {
    path: pax.get('path') ?? long.path ?? ustarPath(header),
    type,
    mode: readTarNumber(header.subarray(100, 108), context) & 0o7777,
    uid: number('uid', 108, 8),
    gid: number('gid', 116, 8),
    uname: pax.get('uname') ?? cString(header.subarray(265, 297)),
    gname: pax.get('gname') ?? cString(header.subarray(297, 329)),
    mtime: Math.floor(number('mtime', 136, 12)),
    linkTarget: pax.get('linkpath') ?? long.link ?? cString(header.subarray(157, 257)),
    device: {
      major: readTarNumber(header.subarray(329, 337), context),
      minor: readTarNumber(header.subarray(337, 345), context),
    },
    content,
    pax,
  };
}
