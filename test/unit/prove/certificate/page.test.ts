import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareProofs } from '../../../../scripts/prove/certificate/compare.ts';
import { renderProofPage } from '../../../../scripts/prove/certificate/page.ts';
import { FINDING_CODES } from '../../../../scripts/prove/findings.ts';
import { passingProof, proofDocument, trial } from '../../../support/proof/proof-document.ts';
import { fault, powerCut, skipped, splitBrain } from '../../../support/proof/proof-faults.ts';
import { PROOF_TEMPLATE } from '../../../support/proof/proof-template.ts';

const page = (proof = proofDocument()): string => renderProofPage(proof, PROOF_TEMPLATE);

describe('what the page says', () => {
  test('verdict and counts of a proof that failed', () => {
    const html = page();
    expect(html).toContain('<title>✗ k3s-edge: proof by boot</title>');
    expect(html).toContain('5 of 6 passed');
    expect(html).toContain(
      '2 sets of images were booted and broken on purpose: 6 faults, of which 1',
    );
    expect(html).toContain('Two nodes were master at once');
    expect(html).toContain('Skipped: The set was ended by the time limit before this fault.');
  });

  test('a proof that passed has no section of troubles and no matrix', () => {
    const html = page(passingProof());
    expect(html).toContain('<title>✓ k3s-edge');
    expect(html).not.toContain('id="troubles"');
    expect(html).not.toContain('id="matrix"');
  });

  test('several VRRP groups get a table of their own, with what each lost', () => {
    const groups = [
      { group: 'api', outageSeconds: 5.5, allowedSeconds: 3.62, marginSeconds: 1 },
      { group: 'ingress & <more>', outageSeconds: 0, allowedSeconds: 0, marginSeconds: 1 },
    ];
    const html = page(
      proofDocument({ trials: [trial({ faults: [{ ...powerCut(5.5), groups }] })] }),
    );
    const [, table = ''] = /<h3>Group by group<\/h3>([^]*?)<\/table>/.exec(html) ?? [];
    expect(table).toContain(
      '<th scope="col">api</th><th scope="col">ingress &amp; &lt;more&gt;</th>',
    );
    expect(table).toContain(
      '<td><span class="regressed">5.50 s</span> <span class="soft">3.62 s allowed</span></td>',
    );
    expect(table).toContain('<td><span class="">0 s</span>');
    expect(page()).not.toContain('Group by group');
  });

  test('digests of images and lock are there in full', () => {
    const html = page();
    for (const { sha256 } of proofDocument().trials.flatMap(({ images }) => images))
      expect(html).toContain(`<code class="digest">${sha256}</code>`);
    expect(html).toContain(`<code class="digest">${'ab'.repeat(32)}</code>`);
  });

  test('a trial that was not broken tells why', () => {
    const findings = [{ code: 'no-master' as const, text: 'No adverts were seen for 30 s.' }];
    const html = page(proofDocument({ trials: [trial({ findings, boots: [] })] }));
    expect(html).toContain('Nobody holds the virtual address');
    expect(html).toContain('No adverts were seen for 30 s.');
    expect(html).toContain('No fault was run.');
  });

  test('a proof in which everything was skipped did not pass', () => {
    const html = page(proofDocument({ trials: [trial({ faults: [skipped()] })] }));
    expect(html).toContain('Not enough faults were run');
    expect(html).toContain('Faults were skipped: The set was ended by the time limit');
    expect(html).not.toContain('class="verdict pass"');
  });

  test('every finding is explained', () => {
    const findings = FINDING_CODES.map((code) => ({ code, text: `found ${code}` }));
    const html = page(proofDocument({ trials: [trial({ findings })] }));
    for (const code of FINDING_CODES) expect(html).toContain(`found ${code}`);
    expect(html.match(/class="trouble"/g)).toHaveLength(FINDING_CODES.length);
  });

  test('a comparison has its own section', () => {
    const slower = { ...powerCut(3.7), outageSeconds: 3.7 };
    const newer = proofDocument({ trials: [trial({ faults: [slower] })] });
    const html = renderProofPage(newer, PROOF_TEMPLATE, compareProofs(passingProof(), newer));
    expect(html).toContain('id="comparison"');
    expect(html).toContain('loses 0.89 s more');
    expect(html).toContain('1 fault got worse');
  });
});

describe('what the page is', () => {
  test('the same bytes for the same document', () => {
    expect(page(structuredClone(proofDocument()))).toBe(page());
  });

  test('without script, and nothing to load', () => {
    const html = page();
    expect(html).toContain(`content="default-src 'none'; script-src 'none';`);
    expect(html).not.toMatch(/<script|<link rel="stylesheet"|@import|\ssrc=|javascript:/i);
    expect(html).not.toMatch(/url\((?!#hatch\))/);
    expect(html).not.toMatch(/(?:href|action)="(?!#|data:,)/);
    expect(html).not.toContain('http://');
  });

  test('its ids are unique, and every link and label has its target', () => {
    const html = page();
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const named = [...html.matchAll(/(?:href="#|labelledby=")([^"]+)"/g)];
    for (const [, targets = ''] of named)
      for (const target of targets.split(' ')) expect(ids).toContain(target);
  });

  test('no value can become markup', () => {
    const hostile = `</title></style></svg><script>alert(1)</script>{{cluster}}"'&`;
    const marked = proofDocument({
      cluster: hostile,
      tool: hostile,
      trials: [
        trial({
          id: hostile,
          title: hostile,
          findings: [{ code: 'no-master', text: hostile }],
          faults: [
            { ...splitBrain(), id: hostile, title: hostile, action: hostile, skipped: hostile },
          ],
        }),
      ],
    });
    const html = renderProofPage(marked, PROOF_TEMPLATE, compareProofs(passingProof(), marked));
    expect(html).not.toContain('<script');
    expect(html.match(/<\/title><\/style>/g)).toBeNull();
    expect(html.match(/<\/style>/g)).toHaveLength(1);
    expect(html).toContain('&lt;script&gt;alert(1)');
  });

  test('any text of a console stays text', () => {
    const tags = (text: string): number => {
      const timeline = [{ at: 1, kind: 'console' as const, node: text, text }];
      const faults = [{ ...powerCut(1), timeline }];
      const html = page(proofDocument({ trials: [trial({ boots: [], faults })] }));
      return html.match(/<[a-z!/]/gi)?.length ?? 0;
    };
    const plain = tags('plain');
    const hostile = fc.string({ unit: fc.constantFrom(...Array.from('<>/!&{}"\'`=-script ')) });
    fc.assert(fc.property(hostile, (text) => tags(text) === plain));
  });

  test('a full set with every trial of the matrix stays below a megabyte', () => {
    const full = Array.from({ length: 28 }, (_, i) => ({ ...powerCut(i / 4), id: `fault-${i}` }));
    const trials = [full, ...Array.from({ length: 5 }, () => full.slice(0, 8))].map((faults, i) =>
      trial({ id: `trial-${i}`, faults }),
    );
    expect(Buffer.byteLength(page(proofDocument({ trials })))).toBeLessThan(1_000_000);
  });

  test('a fault in which nothing was recorded is drawn all the same', () => {
    const empty = fault({
      id: 'x',
      title: 'X',
      action: 'a',
      expectation: 'e',
      durationMs: 0,
      requestSeries: [],
    });
    expect(page(proofDocument({ trials: [trial({ faults: [empty] })] }))).not.toContain('NaN');
  });
});
