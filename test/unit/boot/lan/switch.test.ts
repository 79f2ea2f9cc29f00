import { describe, expect, test } from 'vitest';
import { GOOD_LINK } from '../../../../scripts/boot/lan/link.ts';
import { Switch } from '../../../../scripts/boot/lan/switch.ts';

const BROADCAST = 'ffffffffffff';
const MACS = { a: '520000000001', b: '520000000002', c: '520000000003' } as const;
type Name = keyof typeof MACS;

/** A switch with three machines; `random` gives the numbers that decide on losses. */
function threeMachines(random: () => number = () => 0.5): {
  readonly lan: Switch;
  readonly heard: () => string;
  readonly send: (from: Name, to: Name | 'all') => void;
  readonly delayed: (() => void)[];
} {
  const heard: string[] = [];
  const delayed: (() => void)[] = [];
  const lan = new Switch(random, (work) => delayed.push(work));
  for (const name of Object.keys(MACS)) lan.addPort(name, () => heard.push(name));
  return {
    lan,
    delayed,
    heard: () => heard.splice(0).join(''),
    send: (from, to) => {
      const destination = to === 'all' ? BROADCAST : MACS[to];
      lan.receive(from, Buffer.from(`${destination}${MACS[from]}0800`, 'hex'));
    },
  };
}

describe('Switch', () => {
  test('floods what it does not know and learns from what it hears', () => {
    const { lan, heard, send } = threeMachines();
    send('a', 'b');
    expect(heard()).toBe('bc');
    send('b', 'a');
    expect(heard()).toBe('a');
    send('a', 'b');
    expect(heard()).toBe('b');
    expect(lan.portOf('52:00:00:00:00:01')).toBe('a');
  });

  test('sends group frames to everyone but the sender', () => {
    const { heard, send } = threeMachines();
    send('c', 'all');
    expect(heard()).toBe('ab');
  });

  test('follows an address that moves to another port', () => {
    const { lan, heard, send } = threeMachines();
    send('a', 'all');
    lan.receive('b', Buffer.from(`${BROADCAST}${MACS.a}0806`, 'hex'));
    heard();
    send('c', 'a');
    expect(heard()).toBe('b');
  });

  test('a cable can be cut in one direction', () => {
    const { lan, heard, send } = threeMachines();
    lan.setCable('b', { fromMachine: { ...GOOD_LINK, state: 'cut' }, toMachine: GOOD_LINK });
    send('a', 'all');
    expect(heard()).toBe('bc');
    send('b', 'all');
    expect(heard()).toBe('');
    lan.setCable('b', { fromMachine: GOOD_LINK, toMachine: GOOD_LINK });
    send('b', 'all');
    expect(heard()).toBe('ac');
  });

  test('a bad cable loses its share of frames', () => {
    const numbers = [0.05, 0.5, 0.09, 0.1];
    const { lan, heard, send } = threeMachines(() => numbers.shift() ?? 1);
    lan.setCable('a', { fromMachine: { ...GOOD_LINK, loss: 0.1 }, toMachine: GOOD_LINK });
    for (let i = 0; i < 4; i++) send('a', 'all');
    expect(heard()).toBe('bcbc');
  });

  test('a slow cable delivers later', () => {
    const { lan, heard, send, delayed } = threeMachines();
    lan.setCable('c', {
      fromMachine: GOOD_LINK,
      toMachine: { ...GOOD_LINK, delay: 50, jitter: 10 },
    });
    send('a', 'all');
    expect(heard()).toBe('b');
    delayed.forEach((deliver) => deliver());
    expect(heard()).toBe('c');
  });

  test('runts are dropped', () => {
    const { lan, heard } = threeMachines();
    lan.receive('a', Buffer.alloc(10));
    expect(heard()).toBe('');
  });
});
