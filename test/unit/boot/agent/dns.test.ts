import dns from 'node:dns/promises';
import { once } from 'node:events';
import dgram from 'node:dgram';
import { afterEach, describe, expect, test } from 'vitest';
import { answerPacket } from '../../../../scripts/boot/agent/dns-message.ts';
import { NameServer } from '../../../../scripts/boot/agent/name-server.ts';

const RECORDS = new Map([
  ['k8s-1.proof.test', ['192.168.9.130', 'fd00::130']],
  ['all.proof.test', Array.from({ length: 60 }, (_, index) => `10.0.0.${index + 1}`)],
]);

/** A question as RFC 1035, 4.1 writes it, with the additional record of EDNS that haproxy sends. */
function question(name: string, type: number, flags = 0x0100): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`));
  const head = Buffer.from([0x12, 0x34, flags >> 8, flags & 255, 0, 1, 0, 0, 0, 0, 0, 1]);
  const opt = Buffer.from([0, 0, 41, 0x20, 0, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([head, ...labels, Buffer.from([0, 0, type, 0, 1]), opt]);
}

const rcodeOf = (answer: Buffer | undefined) => (answer?.readUInt16BE(2) ?? 0) & 15;

describe('a packet', () => {
  test('for an address is answered, byte by byte', () => {
    const answer = answerPacket(question('K8S-1.proof.test', 1), RECORDS);
    const head = '123485800001000100000000';
    const asked = '054b38532d310570726f6f6604746573740000010001';
    expect(answer?.toString('hex')).toBe(`${head}${asked}c00c00010001000000010004c0a80982`);
  });

  test('for a name of nobody, for a type that it lacks, and for another class', () => {
    expect(rcodeOf(answerPacket(question('x.proof.test', 1), RECORDS))).toBe(3);
    const none = answerPacket(question('k8s-1.proof.test', 33), RECORDS);
    expect([rcodeOf(none), none?.readUInt16BE(6)]).toEqual([0, 0]);
    const chaos = question('k8s-1.proof.test', 1);
    // The last byte before the additional record.
    chaos[chaos.length - 12] = 3;
    expect(rcodeOf(answerPacket(chaos, RECORDS))).toBe(5);
  });

  test('that is no question is not answered, and a broken one is refused', () => {
    expect(answerPacket(Buffer.from('short'), RECORDS)).toBeUndefined();
    expect(answerPacket(question('k8s-1.proof.test', 1, 0x8180), RECORDS)).toBeUndefined();
    expect(rcodeOf(answerPacket(question('k8s-1.proof.test', 1, 0x2800), RECORDS))).toBe(4);
    const whole = question('k8s-1.proof.test', 1);
    for (let length = 12; length < 34; length++)
      expect(rcodeOf(answerPacket(whole.subarray(0, length), RECORDS)), String(length)).toBe(1);
    const pointer = Buffer.from(whole);
    pointer[12] = 0xc0;
    expect(rcodeOf(answerPacket(pointer, RECORDS))).toBe(1);
  });

  test('never has more than 512 bytes, and says what it leaves out', () => {
    const answer = answerPacket(question('all.proof.test', 1), RECORDS) ?? Buffer.alloc(0);
    expect(answer.length).toBeLessThanOrEqual(512);
    expect(answer.readUInt16BE(2) & 0x0200).toBe(0x0200);
    expect(answer.readUInt16BE(6)).toBe(Math.floor((512 - 32) / 16));
  });
});

describe('the name server', () => {
  let server: NameServer | undefined;
  afterEach(() => server?.setMode('stopped'));

  test('is understood by another resolver, falls silent, stops, and comes back', async () => {
    const probe = dgram.createSocket('udp4').bind(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address();
    probe.close();
    server = new NameServer([{ address: '127.0.0.1', port }], RECORDS);
    await server.setMode('serving');
    const ask = async (name = 'k8s-1.proof.test', type: 'A' | 'AAAA' = 'A'): Promise<unknown> => {
      const resolver = new dns.Resolver({ timeout: 300, tries: 1 });
      resolver.setServers([`127.0.0.1:${port}`]);
      return await resolver
        .resolve(name, type)
        .catch((error: unknown) => (error as NodeJS.ErrnoException).code);
    };
    expect(await ask()).toEqual(['192.168.9.130']);
    expect(await ask('k8s-1.proof.test', 'AAAA')).toEqual(['fd00::130']);
    expect(await ask('x.proof.test')).toBe('ENOTFOUND');
    await server.setMode('silent');
    expect(await ask()).toBe('ETIMEOUT');
    await server.setMode('stopped');
    expect(await ask()).toBe('ECONNREFUSED');
    await server.setMode('serving');
    expect(await ask()).toEqual(['192.168.9.130']);
  });
});
