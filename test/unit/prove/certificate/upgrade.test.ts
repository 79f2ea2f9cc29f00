import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { compareProofs, regressionError } from '../../../../scripts/prove/certificate/compare.ts';
import { formatProof, ProofDocument } from '../../../../scripts/prove/certificate/document.ts';
import { upgradeProof } from '../../../../scripts/prove/certificate/upgrade.ts';
import { FINDING_CODES } from '../../../../scripts/prove/findings.ts';
import { proofDocument } from '../../../support/proof/proof-document.ts';

/** What `vipiso prove` wrote before version 2, of a pair that passed and of one that did not. */
function recorded(name: 'pass' | 'fail'): unknown {
  const file = new URL(`../../../fixtures/proofs/version-1-${name}.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(file)).toString());
}

describe('a proof.json of version 1', () => {
  test.each(['pass', 'fail'] as const)('that says %s becomes one of version 2', (name) => {
    expect(ProofDocument.safeParse(recorded(name)).success).toBe(false);
    const proof = ProofDocument.parse(upgradeProof(recorded(name)));
    expect(proof).toMatchObject({ schema: 2, verdict: name });
  });

  test('keeps what was measured', () => {
    const proof = ProofDocument.parse(upgradeProof(recorded('pass')));
    const cut = proof.trials[0]?.faults.find(({ id }) => id === 'power-cut-holder');
    expect(proof.durationSeconds).toBeGreaterThan(60);
    expect(proof.trials[0]?.boots[0]?.medium).toBe('cd');
    expect(proof.trials[0]?.topology.vrrp.advertIntervalSeconds).toBe(1);
    expect(cut?.outageSeconds).toBeGreaterThan(1);
    expect(cut?.jitterSeconds).toBe(1);
    expect(cut?.requests.sent).toBeGreaterThan(100);
    expect(cut?.masterPeriods.map(({ node }) => node)).toEqual(['lb-1', 'lb-2']);
    expect(cut?.requestSeries[0]?.answered.length).toBeGreaterThan(10);
  });

  test('keeps what was found, by the codes of today', () => {
    const proof = ProofDocument.parse(upgradeProof(recorded('fail')));
    const codes = proof.trials[0]?.faults.flatMap(({ findings }) => findings);
    expect(codes?.map(({ code }) => code)).toEqual([
      'failover-failed',
      'outage-too-long',
      'vip-not-announced',
      'outage-too-long',
    ]);
    expect(proof.set).toBe('custom');
  });

  test('can be compared with a newer proof: the same faults, and a failure where one passed', () => {
    const older = ProofDocument.parse(upgradeProof(recorded('pass')));
    expect(regressionError(compareProofs(older, older))).toBeUndefined();
    const newer = structuredClone(older);
    const [fault] = newer.trials[0]?.faults ?? [];
    if (fault !== undefined) fault.verdict = 'fail';
    expect(regressionError(compareProofs(older, newer))?.details).toEqual([
      `shipped, ${fault?.id ?? ''}: fails where it passed`,
    ]);
  });
});

test('a proof.json of this version is left alone', () => {
  const now: unknown = JSON.parse(formatProof(proofDocument()));
  expect(upgradeProof(now)).toBe(now);
});

test.each([[null], ['text'], [[1]], [{ schema: 1 }], [{ schema: 1, trials: [null], host: 7 }]])(
  'what is not a proof is refused by the schema, not by the upgrade: %j',
  (other) => {
    expect(ProofDocument.safeParse(upgradeProof(other)).success).toBe(false);
  },
);

test('finding codes of version 1 that changed are not codes of today', () => {
  const codes: readonly string[] = FINDING_CODES;
  for (const old of ['two-masters', 'backend-trusted', 'not-performed', 'flapped'])
    expect(codes).not.toContain(old);
});
