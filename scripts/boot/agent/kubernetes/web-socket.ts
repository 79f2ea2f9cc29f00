const TEXT = 0x1;
const BINARY = 0x2;
const CLOSE = 0x8;
const MASKED = 0x80;
const OPCODE = 0x0f;
const LENGTH = 0x7f;

/** Reads what a server sends in WebSocket frames (RFC 6455, section 5.2). Fragments count as messages of their own. */
export class WebSocketReader {
  #unread: Buffer = Buffer.alloc(0);
  /** Whether the server said that it is about to close. */
  closed = false;

  /** @returns the messages that are complete now */
  read(bytes: Buffer): readonly string[] {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    const messages: string[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) {
      if (frame.opcode === CLOSE) this.closed = true;
      if (frame.opcode === TEXT || frame.opcode === BINARY)
        messages.push(frame.payload.toString('utf8'));
    }
    return messages;
  }

  #next(): { readonly opcode: number; readonly payload: Buffer } | undefined {
    const [first, second] = this.#unread;
    if (first === undefined || second === undefined) return undefined;
    const short = second & LENGTH;
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    const head = 2 + extended + ((second & MASKED) === 0 ? 0 : 4);
    if (this.#unread.length < head) return undefined;
    const length =
      extended === 0
        ? short
        : extended === 2
          ? this.#unread.readUInt16BE(2)
          : Number(this.#unread.readBigUInt64BE(2));
    if (this.#unread.length < head + length) return undefined;
    const payload = this.#unread.subarray(head, head + length);
    this.#unread = this.#unread.subarray(head + length);
    return { opcode: first & OPCODE, payload };
  }
}
