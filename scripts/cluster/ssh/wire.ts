/** Data in the representation of RFC 4251, section 5, that is not whole. */
export class WireError extends Error {}

/** Reads values of RFC 4251, section 5, one after the other. Throws `WireError` where the data end too early. */
export class WireReader {
  readonly #data: Buffer;
  #at = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  /** Offset of the next value. */
  get at(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#data.length;
  }

  rest(): Buffer {
    return this.take(this.#data.length - this.#at);
  }

  /** @throws WireError: the data end too early */
  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#data.length) throw new WireError('the data end in the middle of a value');
    const part = this.#data.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  uint64(): bigint {
    return this.take(8).readBigUInt64BE();
  }

  /** A string of bytes. */
  bytes(): Buffer {
    return this.take(this.uint32());
  }

  text(): string {
    return this.bytes().toString('utf8');
  }

  /** A positive number, big-endian, without the zero byte that keeps it positive. */
  natural(): Buffer {
    const bytes = this.bytes();
    return bytes[0] === 0 ? bytes.subarray(1) : bytes;
  }
}

/** A string of RFC 4251: its length, then its bytes. */
export function wireString(data: Buffer | string): Buffer {
  const bytes = Buffer.from(data);
  return Buffer.concat([wireUint32(bytes.length), bytes]);
}

export function wireUint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A positive multiple-precision integer of RFC 4251. */
export function wireNatural(bytes: Buffer): Buffer {
  return wireString((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}
