import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exitCodeOf } from '../../../../scripts/core/errors.ts';
import { compareProofs, regressionError } from '../../../../scripts/prove/certificate/compare.ts';
import type { FaultChange } from '../../../../scripts/prove/certificate/compare.ts';
import { formatComparison } from '../../../../scripts/prove/certificate/comparison-text.ts';
import type { ProofDocument, Verdict } from '../../../../scripts/prove/certificate/document.ts';
import { boot } from '../../../support/proof/proof-boots.ts';
import { passingProof, proofDocument, trial } from '../../../support/proof/proof-document.ts';
import { powerCut } from '../../../support/proof/proof-faults.ts';

const proofOf = (verdict: Verdict, outageSeconds?: number): ProofDocument => {
  const cut = { ...powerCut(1), verdict };
  delete cut.outageSeconds;
  const fault = outageSeconds === undefined ? cut : { ...cut, outageSeconds };
  return proofDocument({ trials: [trial({ faults: [fault] })] });
};

const changeOf = (older: ProofDocument, newer: ProofDocument): FaultChange | undefined =>
  compareProofs(older, newer).faults[0];

describe('one fault', () => {
  test.each([
    ['pass', 1, 'fail', 1, 'regressed', 'fails where it passed'],
    ['fail', 4, 'pass', 1, 'improved', 'passes where it failed'],
    ['pass', 1, 'pass', 1.29, 'same', ''],
    ['pass', 1, 'pass', 1.31, 'regressed', 'loses 0.31 s more'],
    ['pass', 10, 'pass', 11.9, 'same', ''],
    ['pass', 10, 'pass', 12.1, 'regressed', 'loses 2.10 s more'],
    ['pass', 12.1, 'pass', 10, 'improved', 'loses 2.10 s less'],
    ['fail', 5, 'fail', 9, 'regressed', 'loses 4.00 s more'],
    ['pass', 1, 'skipped', 0, 'not-run', 'was skipped'],
    ['skipped', 0, 'skipped', 0, 'same', ''],
    ['skipped', 0, 'fail', 3, 'added', 'was not run before'],
  ] as const)('%s, %d s to %s, %d s: %s', (verdict, lost, later, lostLater, change, why) => {
    expect(changeOf(proofOf(verdict, lost), proofOf(later, lostLater))).toMatchObject({
      change,
      why,
    });
  });

  test('of which no loss is judged is compared by its verdict alone', () => {
    expect(changeOf(proofOf('pass'), proofOf('pass', 9))?.change).toBe('same');
  });

  test('whose loss hangs on the moment of the fault may lose more by chance', () => {
    const cut = (outageSeconds: number): ProofDocument => {
      const fault = { ...powerCut(1), outageSeconds, jitterSeconds: 3 };
      return proofDocument({ trials: [trial({ faults: [fault] })] });
    };
    expect(changeOf(cut(1), cut(3.9))?.change).toBe('same');
    expect(changeOf(cut(1), cut(4.1))?.change).toBe('regressed');
    expect(changeOf(cut(4.1), cut(1))?.change).toBe('improved');
  });

  test('whose loss is shown and not judged is compared by its verdict alone', () => {
    const shown = (outageSeconds: number): ProofDocument => {
      const fault = { ...powerCut(1), outageSeconds };
      delete fault.allowedSeconds;
      return proofDocument({ trials: [trial({ faults: [fault] })] });
    };
    expect(changeOf(shown(1), shown(9))?.change).toBe('same');
  });

  test('that one proof lacks is told, and is not a regression', () => {
    const without = proofDocument({ trials: [trial()] });
    expect(changeOf(proofOf('pass', 1), without)).toMatchObject({
      change: 'not-run',
      newer: undefined,
    });
    expect(changeOf(without, proofOf('pass', 1))?.change).toBe('added');
    expect(regressionError(compareProofs(proofOf('pass', 1), without))).toBeUndefined();
  });
});

describe('the whole', () => {
  test('images are counted that both proofs have', () => {
    const both = passingProof();
    const more = { ...both, trials: [...both.trials, trial({ ...both.trials[0], id: 'fast' })] };
    const text = formatComparison(compareProofs(more, both)).join('\n');
    expect(text).toContain('images: all the same bytes');
  });

  test('a regression ends the run as a proof that failed', () => {
    const error = regressionError(compareProofs(proofOf('pass', 1), proofOf('pass', 2)));
    expect(exitCodeOf(error)).toBe(6);
    expect(error?.details).toEqual(['shipped, power-cut-master: loses 1.00 s more']);
  });

  test('settings, images, hosts and boots that changed are told', () => {
    const before = passingProof();
    const [shipped] = before.trials;
    const after = proofDocument({
      host: { ...before.host, accelerator: 'kvm' },
      trials: [
        trial({
          ...shipped,
          images: (shipped?.images ?? []).map((image) => ({ ...image, sha256: '0'.repeat(64) })),
          boots: [boot('lb-1', 30_000)],
          topology: {
            ...trial().topology,
            vrrp: { ...trial().topology.vrrp, version: 3, advertIntervalSeconds: 0.2 },
          },
        }),
      ],
    });
    const lines = formatComparison(compareProofs(before, after));
    expect(lines).toContain('  setting shipped, VRRP version: 2 -> 3');
    expect(lines).toContain('  setting shipped, advert interval: 1 s -> 0.2 s');
    expect(lines).toContain('  boot shipped, lb-1, BIOS, from CD, login: 19.7 s -> 30.0 s');
    expect(lines).toContain('  images: 2 of 2 differ');
    expect(lines).toContain('  host accelerator: tcg: the host has no /dev/kvm -> kvm');
  });

  test('a proof compared to itself did not change', () => {
    const comparison = compareProofs(proofDocument(), proofDocument());
    expect(comparison.faults.every(({ change }) => change === 'same')).toBe(true);
    expect([...comparison.settings, ...comparison.hosts]).toEqual([]);
    expect(formatComparison(comparison)).toContain('  images: all the same bytes');
  });
});

const outcome = fc.record({
  verdict: fc.constantFrom<Verdict>('pass', 'fail', 'skipped'),
  lost: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined }),
});

describe('laws', () => {
  test('what is better one way is worse the other way', () => {
    const opposite: Partial<Record<string, string>> = {
      regressed: 'improved',
      improved: 'regressed',
      added: 'not-run',
      'not-run': 'added',
      same: 'same',
    };
    fc.assert(
      fc.property(outcome, outcome, (a, b) => {
        const [first, second] = [proofOf(a.verdict, a.lost), proofOf(b.verdict, b.lost)];
        const there = changeOf(first, second)?.change ?? '';
        expect(changeOf(second, first)?.change).toBe(opposite[there]);
      }),
    );
  });

  test('losing no more, with the same verdict, never fails the run', () => {
    fc.assert(
      fc.property(outcome, fc.double({ min: 0, max: 1, noNaN: true }), (a, share) => {
        const less = a.lost === undefined ? undefined : a.lost * share;
        const comparison = compareProofs(proofOf(a.verdict, a.lost), proofOf(a.verdict, less));
        expect(regressionError(comparison)).toBeUndefined();
      }),
    );
  });
});
