/** Reads a stretch of the image that a record's fields continue in. */
export type ReadContinuation = (block: number, offset: number, size: number) => Promise<Buffer>;

/** One record of an ISO 9660 directory (ECMA-119, 9.1). */
export interface DirectoryRecord {
  readonly block: number;
  /** Bytes. */
  readonly size: number;
  readonly isDirectory: boolean;
  /** The two records every directory begins with. */
  readonly isSelfOrParent: boolean;
  /** Rock Ridge's alternate name, or the plain one; and whether the entry is a link. */
  rockRidge: (read: ReadContinuation) => Promise<{ name: string; isSymlink: boolean }>;
}

const BLOCK = 2048;
const FIXED_BYTES = 33;
const MAX_CONTINUATIONS = 16;

/** The records of a directory's data; none crosses a block, and zeros fill the rest of one (ECMA-119, 6.8.1.1). */
export function readDirectoryRecords(data: Buffer): DirectoryRecord[] {
  const records: DirectoryRecord[] = [];
  for (let offset = 0; offset < data.length;) {
    const length = data[offset] ?? 0;
    if (length < FIXED_BYTES + 1) {
      offset = (Math.floor(offset / BLOCK) + 1) * BLOCK;
      continue;
    }
    records.push(recordOf(data.subarray(offset, offset + length)));
    offset += length;
  }
  return records;
}

function recordOf(record: Buffer): DirectoryRecord {
  const nameLength = record[32] ?? 0;
  const name = record.subarray(FIXED_BYTES, FIXED_BYTES + nameLength);
  const systemUse = record.subarray(FIXED_BYTES + nameLength + (nameLength % 2 === 0 ? 1 : 0));
  return {
    block: record.readUInt32LE(2),
    size: record.readUInt32LE(10),
    isDirectory: ((record[25] ?? 0) & 2) !== 0,
    isSelfOrParent: nameLength === 1 && (name[0] ?? 0) < 2,
    rockRidge: async (read) => {
      const fields = await systemUseFields(systemUse, read);
      const parts = fields.filter(({ tag }) => tag === 'NM').map(({ data }) => data.subarray(1));
      return {
        name: parts.length > 0 ? Buffer.concat(parts).toString('utf8') : plainName(name),
        isSymlink: fields.some(({ tag }) => tag === 'SL'),
      };
    },
  };
}

interface SystemUseField {
  readonly tag: string;
  readonly data: Buffer;
}

/** The fields of the System Use Sharing Protocol (IEEE P1281), across continuation areas. */
async function systemUseFields(area: Buffer, read: ReadContinuation): Promise<SystemUseField[]> {
  const fields: SystemUseField[] = [];
  let next: Buffer | undefined = area;
  for (let hops = 0; next !== undefined && hops < MAX_CONTINUATIONS; hops++) {
    const here = fieldsIn(next);
    fields.push(...here);
    const more = here.find(({ tag, data }) => tag === 'CE' && data.length >= 24)?.data;
    next = more && (await read(more.readUInt32LE(0), more.readUInt32LE(8), more.readUInt32LE(16)));
  }
  return fields;
}

function fieldsIn(area: Buffer): SystemUseField[] {
  const fields: SystemUseField[] = [];
  for (let offset = 0; offset + 4 <= area.length;) {
    const tag = area.toString('latin1', offset, offset + 2);
    const length = area[offset + 2] ?? 0;
    if (length < 4 || tag === 'ST') break;
    fields.push({ tag, data: area.subarray(offset + 4, offset + length) });
    offset += length;
  }
  return fields;
}

/** `BOOT.CAT;1` without its version. */
function plainName(name: Buffer): string {
  return name.toString('latin1').replace(/\.?;\d+$/, '');
}
