import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareProofs } from '../../../scripts/prove/certificate/compare.ts';
import { renderProofPage } from '../../../scripts/prove/certificate/page.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { startBrowser } from '../../support/proof/browser.ts';
import {
  BAD_DRAWINGS,
  CLOSED,
  COLLISIONS,
  LOW_CONTRAST,
  OPEN_ALL,
  OVERFLOW,
} from '../../support/proof/page-probes.ts';
import { passingProof, proofDocument } from '../../support/proof/proof-document.ts';
import { PROOF_TEMPLATE } from '../../support/proof/proof-template.ts';

const SIZES = [
  { width: 360, height: 780 },
  { width: 768, height: 1024 },
  { width: 1280, height: 900 },
];
const SCHEMES = ['light', 'dark'] as const;
const VIEWS = SIZES.flatMap((size) => SCHEMES.map((scheme) => ({ ...size, scheme })));

describe.runIf(requireTools('chromium'))('proof.html in Chromium, from the disk', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'vipiso-page-'));
  const address = pathToFileURL(path.join(folder, 'proof.html')).href;
  const complaints: string[] = [];
  const requests: string[] = [];
  let browser: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    const failed = proofDocument();
    const compared = compareProofs(passingProof(), failed);
    const html = renderProofPage(failed, PROOF_TEMPLATE, compared);
    writeFileSync(path.join(folder, 'proof.html'), html);
    mkdirSync(path.join(folder, 'profile'));
    browser = await startBrowser(path.join(folder, 'profile'));
    page = await browser.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('loads itself alone, and the console stays silent', async () => {
    await page.goto(address);
    expect(await page.title()).toBe('✗ k3s-edge: proof by boot');
    expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([address]);
    expect(complaints).toEqual([]);
  });

  describe.each(VIEWS)('$width wide, $scheme', ({ width, height, scheme }) => {
    beforeAll(async () => {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme, media: 'screen' });
      await page.goto(address);
    });

    test('everything opens, and nothing makes the page wider than the window', async () => {
      expect(await page.evaluate(OPEN_ALL)).toBeGreaterThan(7);
      expect(await page.evaluate(CLOSED)).toBe(0);
      expect(await page.evaluate(OVERFLOW)).toEqual({ pixels: 0, elements: [] });
    });

    test('every drawing has a size and a name, and no letters lie on others', async () => {
      await page.evaluate(OPEN_ALL);
      expect(await page.evaluate(BAD_DRAWINGS)).toEqual([]);
      expect(await page.evaluate(COLLISIONS)).toEqual([]);
    });

    test('all text stands out from its ground', async () => {
      await page.evaluate(OPEN_ALL);
      expect(await page.evaluate(LOW_CONTRAST)).toEqual([]);
    });
  });

  test('the scheme of colours follows the system', async () => {
    const ground = async (colorScheme: (typeof SCHEMES)[number]): Promise<unknown> => {
      await page.emulateMedia({ colorScheme });
      return await page.evaluate('getComputedStyle(document.body).backgroundColor');
    };
    expect(await ground('dark')).not.toEqual(await ground('light'));
  });

  test('each section opens by the keyboard', async () => {
    await page.goto(address);
    const summary = page.locator('details.pass > summary').first();
    await summary.focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('details.pass').first().getAttribute('open')).toBe('');
  });

  test('a link in the table opens the section that it leads to', async () => {
    await page.goto(address);
    await page.locator('tbody th a[href="#t1-f1"]').click();
    expect(await page.locator('details:has(> #t1-f1)').getAttribute('open')).toBe('');
  });

  test('prints on A4 with its sections open', async () => {
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.goto(address);
    expect(await page.evaluate(CLOSED)).toBe(0);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
      'rgb(255, 255, 255)',
    );
    const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString(
      'latin1',
    );
    expect(pdf.startsWith('%PDF-')).toBe(true);
    expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBeGreaterThan(3);
  });
});
