import { expect, test } from 'vitest';
import { sloOutcome } from '../../../../scripts/prove/certificate/slo.ts';
import { judgeSlo, predictedLoss } from '../../../../scripts/prove/scenarios/slo.ts';
import { minimalFile, modelOf } from '../../../support/cluster/cluster-file.ts';
import { skippedReport } from '../../../../scripts/prove/trial/report.ts';

const CLUSTER = modelOf(minimalFile({ rest: { slo: { proxy_loss: 4, planned: 1 } } }));
const STEP = {
  id: 'x',
  title: 'Power cut',
  action: '',
  expectation: '',
  actions: [],
  endsWith: 'standby',
} as const;

function proofOf(seconds: number) {
  const findings = judgeSlo('advert-timeout', CLUSTER, seconds);
  const fault = {
    ...skippedReport(STEP, ''),
    verdict: findings.length === 0 ? ('pass' as const) : ('fail' as const),
    findings: [...findings],
    slo: { key: 'proxy_loss' as const, askedSeconds: 4 },
  };
  return { trials: [{ faults: [fault] }] } as unknown as Parameters<typeof sloOutcome>[0];
}

test('a loss above what is asked for is a finding, and the proof did not keep it', () => {
  expect(sloOutcome(proofOf(3.9), ['proxy_loss'])).toEqual({ kept: true, reasons: [] });
  expect(sloOutcome(proofOf(4.2), ['proxy_loss']).reasons).toEqual([
    'Power cut: 4.20 s without answers; slo.proxy_loss asks for 4 s at the most',
  ]);
});

test('what was not measured was not kept', () => {
  expect(sloOutcome(proofOf(1), ['proxy_loss', 'planned'])).toEqual({
    kept: false,
    reasons: ['slo.planned was not measured: no fault of the proof is about it'],
  });
});

test('what is not asked for, or of no demand, is not judged', () => {
  expect(judgeSlo('server', CLUSTER, 99)).toEqual([]);
  expect(judgeSlo('nothing', CLUSTER, 99)).toEqual([]);
  expect(predictedLoss('hand-over', CLUSTER.vrrp.groups[0], CLUSTER)?.most).toBe(0);
  expect(predictedLoss('nothing', CLUSTER.vrrp.groups[0], CLUSTER)).toBeUndefined();
});
