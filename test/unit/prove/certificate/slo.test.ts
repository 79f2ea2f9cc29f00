import { expect, test } from 'vitest';
import { sloOutcome, unmeasurable } from '../../../../scripts/prove/certificate/slo.ts';
import { chooseScenarios } from '../../../../scripts/prove/scenarios/choose.ts';
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
  const asked = { proxy_loss: 4 };
  expect(sloOutcome(proofOf(3.9), asked)).toEqual({ kept: true, missed: [], unmeasured: [] });
  expect(sloOutcome(proofOf(4.2), asked)).toMatchObject({
    kept: false,
    missed: ['Power cut: 4.20 s without answers; slo.proxy_loss asks for 4 s at the most'],
  });
});

test('what was not measured was not kept', () => {
  expect(sloOutcome(proofOf(1), { proxy_loss: 4, planned: 1 })).toEqual({
    kept: false,
    missed: [],
    unmeasured: ['slo.planned was not measured: no fault of the proof is about it'],
  });
  expect(sloOutcome(proofOf(1), undefined).kept).toBe(true);
});

test('the quick set measures every demand, where there are two API servers', () => {
  const slo = { proxy_loss: 4, haproxy_loss: 6, api_server_loss: 20, planned: 1 };
  const cluster = modelOf(minimalFile({ rest: { slo } }));
  expect(unmeasurable(cluster, chooseScenarios('quick', []))).toEqual([]);
  const services = cluster.services.map((it) => ({ ...it, backends: it.backends.slice(0, 1) }));
  const single = { ...cluster, services };
  expect(unmeasurable(single, chooseScenarios('full', []))).toEqual(['api_server_loss']);
  expect(unmeasurable(cluster, chooseScenarios('quick', ['link-cut']))).toEqual([
    'haproxy_loss',
    'api_server_loss',
    'planned',
  ]);
});

test('what is not asked for, or of no demand, is not judged', () => {
  expect(judgeSlo('server', CLUSTER, 99)).toEqual([]);
  expect(judgeSlo('nothing', CLUSTER, 99)).toEqual([]);
  expect(predictedLoss('hand-over', CLUSTER.vrrp.groups[0], CLUSTER)?.most).toBe(0);
  expect(predictedLoss('nothing', CLUSTER.vrrp.groups[0], CLUSTER)).toBeUndefined();
});
