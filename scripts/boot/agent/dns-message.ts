import ipaddr from 'ipaddr.js';

/** Names and their addresses of both families. Names in lower case, without a dot at the end. */
export type DnsRecords = ReadonlyMap<string, readonly string[]>;

const HEADER_BYTES = 12;
/** Without EDNS a message has at most so many bytes (RFC 1035, 2.3.4): more is cut, and says so. */
const MAX_BYTES = 512;
const MAX_LABEL = 63;
/** RFC 1035, 3.2.2 to 3.2.5, and RFC 3596 for AAAA. */
const TYPES = { A: 1, AAAA: 28, ANY: 255 } as const;
const CLASSES = { IN: 1, ANY: 255 } as const;
/** RFC 1035, 4.1.1. */
const FLAG = {
  response: 0x8000,
  authoritative: 0x0400,
  truncated: 0x0200,
  recursionAvailable: 0x0080,
} as const;
const OPCODE = 0x7800;
const RECURSION_DESIRED = 0x0100;
const RCODE = { formatError: 1, nameError: 3, notImplemented: 4, refused: 5 } as const;
/** A pointer to the question's name, right behind the header (RFC 1035, 4.1.4). */
const POINTER_TO_QUESTION = 0xc000 | HEADER_BYTES;
/** Short, so that whoever keeps answers does not hide that the server is gone. Seconds. */
const TTL = 1;

interface Question {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  /** As it was asked, for the answer to repeat. */
  readonly bytes: Buffer;
}

/**
 * The answer of a name server that knows these records and nothing else (RFC 1035).
 *
 * @param packet what came in by UDP
 * @returns nothing for what is no question at all: answering answers would go on for ever
 */
export function answerPacket(packet: Buffer, records: DnsRecords): Buffer | undefined {
  if (packet.length < HEADER_BYTES) return undefined;
  const flags = packet.readUInt16BE(2);
  if ((flags & FLAG.response) !== 0) return undefined;
  if ((flags & OPCODE) !== 0) return message(packet, { rcode: RCODE.notImplemented });
  const question = packet.readUInt16BE(4) === 1 ? readQuestion(packet) : undefined;
  if (question === undefined) return message(packet, { rcode: RCODE.formatError });
  if (question.class !== CLASSES.IN && question.class !== CLASSES.ANY)
    return message(packet, { rcode: RCODE.refused, question });
  const addresses = records.get(question.name);
  if (addresses === undefined) return message(packet, { rcode: RCODE.nameError, question });
  const answers = addresses.map(resourceRecord).filter(({ type }) => isAskedFor(type, question));
  return message(packet, { rcode: 0, question, answers: answers.map(({ bytes }) => bytes) });
}

function isAskedFor(type: number, question: Question): boolean {
  return question.type === type || question.type === TYPES.ANY;
}

function readQuestion(packet: Buffer): Question | undefined {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (;;) {
    const length = packet[at];
    // The first name of a message has nothing before it that a pointer could lead to.
    if (length === undefined || length > MAX_LABEL) return undefined;
    at += 1;
    if (length === 0) break;
    labels.push(packet.toString('latin1', at, at + length));
    at += length;
  }
  if (at + 4 > packet.length) return undefined;
  return {
    // Letters of both cases are one (RFC 4343); randomised ones come back as they were asked.
    name: labels.join('.').toLowerCase(),
    type: packet.readUInt16BE(at),
    class: packet.readUInt16BE(at + 2),
    bytes: packet.subarray(HEADER_BYTES, at + 4),
  };
}

function resourceRecord(address: string): { readonly type: number; readonly bytes: Buffer } {
  const data = Buffer.from(ipaddr.parse(address).toByteArray());
  const type = data.length === 4 ? TYPES.A : TYPES.AAAA;
  const head = Buffer.alloc(12);
  head.writeUInt16BE(POINTER_TO_QUESTION, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(CLASSES.IN, 4);
  head.writeUInt32BE(TTL, 6);
  head.writeUInt16BE(data.length, 10);
  return { type, bytes: Buffer.concat([head, data]) };
}

function message(
  asked: Buffer,
  about: {
    readonly rcode: number;
    readonly question?: Question;
    readonly answers?: readonly Buffer[];
  },
): Buffer {
  const { rcode, question, answers = [] } = about;
  const fitting = [...answers];
  const size = () =>
    HEADER_BYTES + (question?.bytes.length ?? 0) + fitting.reduce((sum, it) => sum + it.length, 0);
  while (size() > MAX_BYTES && fitting.length > 0) fitting.pop();
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt16BE(asked.readUInt16BE(0), 0);
  const echoed = asked.readUInt16BE(2) & (OPCODE | RECURSION_DESIRED);
  const cut = fitting.length < answers.length ? FLAG.truncated : 0;
  head.writeUInt16BE(
    FLAG.response | FLAG.authoritative | FLAG.recursionAvailable | echoed | cut | rcode,
    2,
  );
  head.writeUInt16BE(question === undefined ? 0 : 1, 4);
  head.writeUInt16BE(fitting.length, 6);
  return Buffer.concat([head, ...(question === undefined ? [] : [question.bytes]), ...fitting]);
}
