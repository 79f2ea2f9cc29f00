import { describe, expect, test } from 'vitest';
import { EventLog } from '../../../../../scripts/boot/agent/kubernetes/events.ts';
import { WebSocketReader } from '../../../../../scripts/boot/agent/kubernetes/web-socket.ts';

function event(name: string, resourceVersion: string, type = 'ADDED'): string {
  return JSON.stringify({ type, object: { metadata: { name, resourceVersion } } });
}

describe('what a watch has seen', () => {
  test('goes on from the last version, a bookmark included', () => {
    const log = new EventLog('10');
    for (const line of [event('a', '11'), event('b', '13'), event('', '20', 'BOOKMARK')])
      expect(log.take(line)).toBeUndefined();
    expect(log.resourceVersion).toBe('20');
    expect(log.received).toBe(2);
    expect([log.twice, log.outOfOrder]).toEqual([0, 0]);
  });

  test('names events that are missing, twice and out of order', () => {
    const log = new EventLog('10');
    for (const line of [event('a', '11'), event('a', '11'), event('c', '15'), event('b', '13')])
      log.take(line);
    expect(log.twice).toBe(1);
    expect(log.outOfOrder).toBe(1);
    const stored = new Map([
      ['a', '11'],
      ['b', '13'],
      ['c', '15'],
      ['d', '16'],
    ]);
    expect(log.missing(stored)).toBe(1);
  });

  test('says why it cannot go on', () => {
    const gone = { type: 'ERROR', object: { code: 410, message: 'too old resource version' } };
    expect(new EventLog('1').take(JSON.stringify(gone))).toBe('410 too old resource version');
  });
});

describe('frames of a WebSocket', () => {
  function frame(opcode: number, text: string): Buffer {
    const payload = Buffer.from(text);
    const head =
      payload.length < 126
        ? Buffer.of(0x80 | opcode, payload.length)
        : Buffer.of(0x80 | opcode, 126, payload.length >> 8, payload.length & 0xff);
    return Buffer.concat([head, payload]);
  }

  test('are read whatever pieces they come in', () => {
    const long = 'x'.repeat(300);
    const bytes = Buffer.concat([frame(1, 'one'), frame(9, 'ping'), frame(1, long)]);
    const reader = new WebSocketReader();
    const messages = [...bytes].flatMap((byte) => reader.read(Buffer.of(byte)));
    expect(messages).toEqual(['one', long]);
    expect(reader.closed).toBe(false);
    reader.read(frame(8, ''));
    expect(reader.closed).toBe(true);
  });
});
