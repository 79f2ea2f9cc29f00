import { expect, test } from 'vitest';
import { macsOf, packetOf, sourceOf } from '../../../../scripts/boot/lan/frame.ts';
import { ownerQuestion } from '../../../../scripts/boot/lan/owner-question.ts';

const MAC = '02:76:69:70:00:02';

test('asks for an IPv4 address by ARP, without an address of its own', () => {
  const frame = ownerQuestion('192.168.9.139', MAC);
  expect(macsOf(frame)).toEqual({ destination: 'ff:ff:ff:ff:ff:ff', source: MAC });
  expect(packetOf(frame)).toEqual({
    kind: 'arp',
    operation: 'request',
    senderMac: MAC,
    senderAddress: '0.0.0.0',
    targetAddress: '192.168.9.139',
  });
});

test('asks for an IPv6 address by a neighbour solicitation', () => {
  const frame = ownerQuestion('2001:db8::12:139', MAC);
  expect(macsOf(frame)).toEqual({ destination: '33:33:ff:12:01:39', source: MAC });
  expect(sourceOf(frame)).toBe('fe80::76:69ff:fe70:2');
  expect(frame.toString('hex', 38, 54)).toBe('ff0200000000000000000001ff120139');
  expect(frame.toString('hex', 62)).toBe('20010db8000000000000000000120139' + '0101027669700002');
});

/** A receiver adds up pseudo header and message, checksum included, and must find all ones. */
test('a neighbour solicitation has a good checksum', () => {
  const frame = ownerQuestion('fd00::ffff:139', MAC);
  const pseudo = Buffer.from([0, 0, 0, frame.length - 54, 0, 0, 0, 58]);
  const covered = Buffer.concat([frame.subarray(22, 54), pseudo, frame.subarray(54)]);
  let sum = 0;
  for (let i = 0; i < covered.length; i += 2) sum += covered.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum >>> 16) + (sum & 0xffff);
  expect(sum).toBe(0xffff);
});
