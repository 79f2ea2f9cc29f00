import { VipisoError } from '../core/errors.ts';

/** One member of a cpio archive in the "newc" format: cpio(5), and the kernel's buffer-format document. */
export interface CpioEntry {
  readonly name: string;
  /** File type and permission bits, as st_mode. */
  readonly mode: number;
  readonly content: Buffer;
  /** Device number of a device node, else zeros. */
  readonly device: { readonly major: number; readonly minor: number };
  /** Entries with the same text are hard links of one file; undefined = it has but one name. */
  readonly linkGroup: string | undefined;
}

const MAGIC = '070701';
const HEADER_BYTES = 110;
const TRAILER = 'TRAILER!!!';
const DIRECTORY = 0o040000;
const TYPE_BITS = 0o170000;
/** GNU cpio pads archives to whole tape blocks; boot loaders concatenate them at multiples of four. */
const ARCHIVE_BLOCK = 512;

const HEADER_FIELDS = [
  'ino',
  'mode',
  'uid',
  'gid',
  'nlink',
  'mtime',
  'filesize',
  'devmajor',
  'devminor',
  'rdevmajor',
  'rdevminor',
  'namesize',
  'check',
] as const;
type Header = Record<(typeof HEADER_FIELDS)[number], number>;

/** @throws VipisoError malformed-archive */
export function readCpio(archive: Buffer): CpioEntry[] {
  const entries: CpioEntry[] = [];
  for (let offset = 0; ;) {
    const header = readHeader(archive, offset);
    const nameEnd = offset + HEADER_BYTES + header.namesize;
    const start = align(nameEnd);
    const end = start + header.filesize;
    if (header.namesize < 1 || end > archive.length)
      throw refusal('an entry is longer than the archive');
    const name = archive.toString('utf8', offset + HEADER_BYTES, nameEnd - 1);
    if (name === TRAILER) return entries;
    entries.push({
      name,
      mode: header.mode,
      content: archive.subarray(start, end),
      device: { major: header.rdevmajor, minor: header.rdevminor },
      linkGroup: isDirectory(header.mode) || header.nlink < 2 ? undefined : fileIdentity(header),
    });
    offset = align(end);
  }
}

function readHeader(archive: Buffer, offset: number): Header {
  const text = archive.toString('latin1', offset, offset + HEADER_BYTES);
  if (!/^070701[0-9A-Fa-f]{104}$/.test(text)) throw refusal('a header is missing or damaged');
  const value = (index: number): number =>
    Number.parseInt(text.slice(MAGIC.length + 8 * index, MAGIC.length + 8 * index + 8), 16);
  return Object.fromEntries(HEADER_FIELDS.map((field, index) => [field, value(index)])) as Header;
}

/**
 * Packs entries as the kernel unpacks them. What the entries do not say is fixed: owner root, inodes counted from
 * one, device zero, one time. So the bytes depend on nothing that a file system decides.
 *
 * @param mtime Unix seconds of every entry
 */
export function writeCpio(entries: readonly CpioEntry[], mtime: number): Buffer {
  const numbers = inodeNumbers(entries);
  const groupSizes = countGroups(entries);
  const parts = entries.flatMap((entry, index) => {
    const links = entry.linkGroup === undefined ? 1 : (groupSizes.get(entry.linkGroup) ?? 1);
    return member(entry, {
      ino: numbers[index] ?? 0,
      nlink: isDirectory(entry.mode) ? 2 : links,
      mtime,
    });
  });
  const trailer = {
    name: TRAILER,
    mode: 0,
    content: Buffer.alloc(0),
    device: { major: 0, minor: 0 },
  };
  const archive = Buffer.concat([
    ...parts,
    ...member({ ...trailer, linkGroup: undefined }, { ino: 0, nlink: 1, mtime: 0 }),
  ]);
  return padTo(archive, ARCHIVE_BLOCK);
}

/** The same archive with nothing left in it of the file system and the hour it was made on. */
export function normaliseCpio(archive: Buffer, mtime: number): Buffer {
  return writeCpio(readCpio(archive), mtime);
}

function member(
  entry: CpioEntry,
  { ino, nlink, mtime }: { ino: number; nlink: number; mtime: number },
): Buffer[] {
  const name = Buffer.from(`${entry.name}\0`);
  const header: Header = {
    ino,
    mode: entry.mode,
    uid: 0,
    gid: 0,
    nlink,
    mtime,
    filesize: entry.content.length,
    devmajor: 0,
    devminor: 0,
    rdevmajor: entry.device.major,
    rdevminor: entry.device.minor,
    namesize: name.length,
    check: 0,
  };
  const digits = HEADER_FIELDS.map((field) =>
    header[field].toString(16).toUpperCase().padStart(8, '0'),
  );
  const head = Buffer.concat([Buffer.from(MAGIC + digits.join(''), 'latin1'), name]);
  return [padTo(head, 4), padTo(entry.content, 4)];
}

function inodeNumbers(entries: readonly CpioEntry[]): number[] {
  const ofGroup = new Map<string, number>();
  let last = 0;
  return entries.map(({ linkGroup }) => {
    const known = linkGroup === undefined ? undefined : ofGroup.get(linkGroup);
    if (known !== undefined) return known;
    last++;
    if (linkGroup !== undefined) ofGroup.set(linkGroup, last);
    return last;
  });
}

function countGroups(entries: readonly CpioEntry[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { linkGroup } of entries) {
    if (linkGroup !== undefined) sizes.set(linkGroup, (sizes.get(linkGroup) ?? 0) + 1);
  }
  return sizes;
}

function fileIdentity({ devmajor, devminor, ino }: Header): string {
  return `${devmajor}:${devminor}:${ino}`;
}

function isDirectory(mode: number): boolean {
  return (mode & TYPE_BITS) === DIRECTORY;
}

function align(offset: number): number {
  return Math.ceil(offset / 4) * 4;
}

function padTo(bytes: Buffer, block: number): Buffer {
  const rest = bytes.length % block;
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(block - rest)]);
}

function refusal(reason: string): VipisoError {
  return new VipisoError(
    'malformed-archive',
    `the initramfs is not a valid cpio archive: ${reason}`,
  );
}
