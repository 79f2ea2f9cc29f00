import { VipisoError } from '../../core/errors.ts';
import type { TarContext } from './tar-records.ts';

const BLANK = 0x20;
const NEWLINE = 0x0a;
const EQUALS = 0x3d;

/**
 * Records `length key=value\n` of a pax extended header (POSIX.1-2017, pax).
 *
 * @throws VipisoError with `context.code`: a malformed record
 */
export function readPaxRecords(content: Buffer, context: TarContext): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let offset = 0; offset < content.length;) {
    const blank = content.indexOf(BLANK, offset);
    const digits = content.toString('latin1', offset, blank);
    const end = offset + Number(digits);
    const equals = content.indexOf(EQUALS, blank);
    const sound =
      /^[1-9]\d{0,6}$/.test(digits) &&
      end <= content.length &&
      content[end - 1] === NEWLINE &&
      equals > blank &&
      equals < end;
    if (!sound) {
      throw new VipisoError(context.code, `${context.what} holds a malformed extended header.`);
    }
    records.set(
      content.toString('utf8', blank + 1, equals),
      content.toString('utf8', equals + 1, end - 1),
    );
    offset = end;
  }
  return records;
}

/** Formats one record; its length counts its own digits too. */
export function formatPaxRecord(key: string, value: string): Buffer {
  const body = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(body);
  let length = bytes + String(bytes).length;
  if (bytes + String(length).length !== length) length += 1;
  return Buffer.from(`${length}${body}`);
}
