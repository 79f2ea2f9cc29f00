import { describe, expect, test } from 'vitest';
import type { PacketEvent } from '../../../../scripts/boot/lan/protocol.ts';
import { claimsOf, duplicatesIn } from '../../../../scripts/prove/measure/claims.ts';

const VIP = '192.168.9.139';
const LIMITS = { silenceMs: 600, toleranceMs: 300 };

function arp(at: number, port: string, senderAddress = VIP): PacketEvent {
  const senderMac = `52:54:00:00:00:0${port.at(3) ?? ''}`;
  const note = { kind: 'arp', operation: 'reply', senderMac, senderAddress, targetAddress: '' };
  return { at, port, packet: note } as PacketEvent;
}

/** Answers every 200 ms from `from` until before `until`. */
function answers(port: string, from: number, until: number): readonly PacketEvent[] {
  const count = Math.ceil((until - from) / 200);
  return Array.from({ length: count }, (_, i) => arp(from + i * 200, port));
}

function duplicates(...packetEvents: readonly (readonly PacketEvent[])[]): readonly unknown[] {
  const inOrder = packetEvents.flat().sort((a, b) => a.at - b.at);
  return duplicatesIn(claimsOf(inOrder, VIP), LIMITS);
}

describe('claimsOf', () => {
  test('finds ARP and neighbour advertisements of the address alone', () => {
    const advertisement: PacketEvent = {
      at: 3,
      port: 'lb-1/eth0',
      packet: {
        kind: 'neighbour-advertisement',
        sourceMac: '52:54:00:00:00:01',
        target: 'fd00::139',
        override: true,
      },
    };
    const seen = [arp(1, 'lb-1/eth0'), arp(2, 'lb-2/eth0', '192.168.9.138'), advertisement];
    expect(claimsOf(seen, VIP)).toEqual([{ at: 1, machine: 'lb-1', mac: '52:54:00:00:00:01' }]);
    expect(claimsOf(seen, 'fd00::139')).toEqual([
      { at: 3, machine: 'lb-1', mac: '52:54:00:00:00:01' },
    ]);
  });
});

describe('duplicatesIn', () => {
  test('a hand-over and back is none', () => {
    expect(
      duplicates(
        answers('lb-1/eth0', 0, 2000),
        answers('lb-2/eth0', 2100, 4000),
        answers('lb-1/eth0', 4050, 6000),
      ),
    ).toEqual([]);
  });

  test('a hand-over with a last word of the old holder is none', () => {
    expect(duplicates(answers('lb-1/eth0', 0, 2300), answers('lb-2/eth0', 2100, 4000))).toEqual([]);
  });

  test('two holders side by side are one, for as long as both speak', () => {
    expect(duplicates(answers('lb-1/eth0', 0, 5000), answers('lb-2/eth0', 1100, 3000))).toEqual([
      { machines: ['lb-1', 'lb-2'], from: 1100, until: 2900 },
    ]);
  });

  test('one machine that answers at two cards is none', () => {
    expect(duplicates(answers('lb-1/eth0', 0, 3000), answers('lb-1/eth1', 50, 3000))).toEqual([]);
  });
});
