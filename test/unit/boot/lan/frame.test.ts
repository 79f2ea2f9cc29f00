import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isGroupMac, macsOf, packetOf, sourceOf } from '../../../../scripts/boot/lan/frame.ts';

const BROADCAST = 'ffffffffffff';
const LB1 = '525400766901';

function frame(...parts: readonly string[]): Buffer {
  return Buffer.from(parts.join('').replace(/\s/g, ''), 'hex');
}

/** A gratuitous ARP request for 192.168.9.139, as keepalived announces a VIP. */
const GRATUITOUS = frame(
  `${BROADCAST} ${LB1} 0806`,
  `0001 0800 06 04 0001 ${LB1} c0a8098b ${BROADCAST} c0a8098b`,
);

/** VRRP v2, router 51, priority 101, one address; the IP header is 24 bytes long (one option word). */
const ADVERT = frame(
  `01005e000012 ${LB1} 0800`,
  '46c0 002c 0001 0000 ff70 0000 c0a80989 e0000012 94040000',
  '21 33 65 01 00 01 0000 c0a8098b 0000000000000000',
);

describe('noteOf', () => {
  test('reads a gratuitous ARP', () => {
    expect(packetOf(GRATUITOUS)).toEqual({
      kind: 'arp',
      operation: 'request',
      senderMac: '52:54:00:76:69:01',
      senderAddress: '192.168.9.139',
      targetAddress: '192.168.9.139',
    });
  });

  test('reads a VRRP advert behind IP options', () => {
    expect(packetOf(ADVERT)).toEqual({
      kind: 'vrrp',
      version: 2,
      virtualRouterId: 51,
      priority: 101,
      sourceMac: '52:54:00:76:69:01',
      source: '192.168.9.137',
      addresses: ['192.168.9.139'],
    });
  });

  test('looks through a VLAN tag', () => {
    const tagged = Buffer.concat([
      GRATUITOUS.subarray(0, 12),
      Buffer.from('81000014', 'hex'),
      GRATUITOUS.subarray(12),
    ]);
    expect(packetOf(tagged)).toMatchObject({ kind: 'arp', senderAddress: '192.168.9.139' });
  });

  test('reads an unsolicited neighbour advertisement', () => {
    const advertisement = frame(
      `333300000001 ${LB1} 86dd`,
      '6000 0000 0018 3aff fd000000000000000000000000000137 ff020000000000000000000000000001',
      '88 00 0000 20000000 fd000000000000000000000000000139',
    );
    expect(packetOf(advertisement)).toEqual({
      kind: 'neighbour-advertisement',
      sourceMac: '52:54:00:76:69:01',
      target: 'fd00::139',
      override: true,
    });
  });

  test('says nothing of other traffic', () => {
    const tcp = frame(
      `${LB1} ${LB1} 0800`,
      '4500 0028 0001 0000 4006 0000 c0a80989 c0a8098b',
      '0'.repeat(40),
    );
    expect(packetOf(tcp)).toBeUndefined();
  });

  test('never trips over a short or random frame', () => {
    const cut = fc
      .tuple(fc.constantFrom(GRATUITOUS, ADVERT), fc.nat(60))
      .map(([whole, length]) => whole.subarray(0, length));
    const noise = fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(cut, noise), (bytes) => {
        packetOf(bytes);
        sourceOf(bytes);
        expect(macsOf(bytes) === undefined).toBe(bytes.length < 14);
      }),
    );
  });
});

test('isGroupMac tells broadcast and multicast from stations', () => {
  expect(['ff:ff:ff:ff:ff:ff', '01:00:5e:00:00:12', '33:33:00:00:00:01'].map(isGroupMac)).toEqual([
    true,
    true,
    true,
  ]);
  expect(isGroupMac('52:54:00:76:69:01')).toBe(false);
});

test('sourceOf tells where an IP packet comes from, and nothing of ARP', () => {
  expect([ADVERT, GRATUITOUS].map(sourceOf)).toEqual(['192.168.9.137', undefined]);
});
