import { describe, expect, test } from 'vitest';
import type { PacketEvent } from '../../../../scripts/boot/lan/protocol.ts';
import type { FaultStep } from '../../../../scripts/prove/scenarios/model.ts';
import { judgeStep } from '../../../../scripts/prove/trial/judge.ts';
import type { StepObservations } from '../../../../scripts/prove/trial/judge.ts';
import { minimalFile, modelOf } from '../../../support/cluster/cluster-file.ts';
import { adverts, announcement, inOrder } from '../../../support/lan/adverts.ts';

const CLUSTER = modelOf(minimalFile());
const [LB1, LB2] = CLUSTER.nodes;
const VIP = '192.168.9.139';

function faultStep(changes: Partial<FaultStep>): FaultStep {
  return {
    id: 'test',
    title: 'a fault',
    action: 'Something breaks.',
    expectation: 'Nothing happens.',
    actions: [],
    endsWith: 'standby',
    ...changes,
  };
}

/** The MASTER falls silent at 3 s; the BACKUP speaks from 6.6 s on and has announced the VIP. */
const TAKEN_OVER = inOrder(adverts('lb-1/eth0', 0, 3000), adverts('lb-2/eth0', 6600, 12_600), [
  announcement(6620, 'lb-2/eth0', VIP),
]);

function codes(
  packetEvents: readonly PacketEvent[],
  changes: Partial<StepObservations>,
): readonly string[] {
  const seen: StepObservations = {
    faultStep: faultStep({}),
    cluster: CLUSTER,
    group: CLUSTER.vrrp.groups[0],
    before: LB1,
    after: LB2,
    done: 3000,
    packetEvents,
    outageSeconds: 3.4,
    allowedSeconds: 3.6,
    marginSeconds: 1,
    ...changes,
  };
  return judgeStep(seen).map(({ code }) => code);
}

describe('a step is judged by', () => {
  test('nothing to say of a fail-over as it should be', () => {
    expect(codes(TAKEN_OVER, {})).toEqual([]);
  });

  test('its loss: what the timers allow, and what emulation may add', () => {
    expect(codes(TAKEN_OVER, { outageSeconds: 4.6 })).toEqual([]);
    expect(codes(TAKEN_OVER, { outageSeconds: 4.61 })).toEqual(['outage-too-long']);
    expect(codes(TAKEN_OVER, { outageSeconds: 60, allowedSeconds: undefined })).toEqual([]);
  });

  test('masters: a VIP that moves though nothing asked for it', () => {
    const stays = { faultStep: faultStep({ endsWith: 'holder' }), after: LB1 };
    expect(codes(adverts('lb-1/eth0', 0, 9000), stays)).toEqual([]);
    expect(codes(TAKEN_OVER, stays)).toEqual(['vip-flapping']);
  });

  test('masters: two of them for longer than a hand-over takes', () => {
    const both = inOrder(adverts('lb-1/eth0', 0, 9000), TAKEN_OVER.slice(4));
    expect(codes(both, {})).toEqual([]);
    const longer = inOrder(adverts('lb-1/eth0', 0, 12_000), TAKEN_OVER.slice(4));
    expect(codes(longer, {})).toEqual(['split-brain']);
  });

  test('masters: a split is judged from its healing on', () => {
    const split = inOrder(adverts('lb-1/eth0', 0, 20_000), adverts('lb-2/eth0', 0, 10_000), [
      announcement(10_500, 'lb-1/eth0', VIP),
    ]);
    const healing = {
      faultStep: faultStep({ endsWith: 'preferred', splitBrain: true }),
      before: LB2,
      after: LB1,
    };
    expect(codes(split, { ...healing, done: 9000 })).toEqual([]);
    expect(codes(split, { ...healing, done: 3000 })).toEqual(['split-brain']);
  });

  test('two nodes that both answer for the VIP', () => {
    const claims = Array.from({ length: 40 }, (_, i) => i * 250).flatMap((at) => [
      announcement(at, 'lb-1/eth0', VIP),
      announcement(at + 5, 'lb-2/eth0', VIP),
    ]);
    const seen = inOrder(TAKEN_OVER, claims);
    expect(codes(seen, {})).toEqual(['duplicate-vip']);
  });

  test('the announcement of a VIP that moved, or that was in doubt', () => {
    const silent = TAKEN_OVER.filter(({ packet }) => packet.kind !== 'arp');
    expect(codes(silent, {})).toEqual(['vip-not-announced']);
    const healing = { faultStep: faultStep({ endsWith: 'preferred' }), before: LB1, after: LB1 };
    expect(codes(adverts('lb-1/eth0', 0, 9000), healing)).toEqual([]);
    const brief = inOrder(adverts('lb-1/eth0', 0, 9000), adverts('lb-2/eth0', 0, 1000));
    expect(codes(brief, healing)).toEqual(['vip-not-announced']);
  });
});
