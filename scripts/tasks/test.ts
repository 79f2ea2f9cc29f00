/**
 * `npm test`: lint first, then every test, fast ones first. Goes on after a failed suite so that one run shows all,
 * and closes with one line that counts the tests of all suites.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { $ } from 'zx';

const SUITES = ['unit', 'integration', 'boot'] as const;
const REPORTS = 'out/test-reports';

interface SuiteReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

const shell = $({ stdio: 'inherit', nothrow: true, verbose: false });
mkdirSync(REPORTS, { recursive: true });

const lint = await shell`npm run --silent lint`;
let failed = lint.exitCode !== 0;
const counts = { passed: 0, failed: 0, skipped: 0 };

for (const suite of SUITES) {
  const report = `${REPORTS}/${suite}.json`;
  const run =
    await shell`npx vitest run --project ${suite} --reporter=default --reporter=json --outputFile.json=${report}`;
  failed ||= run.exitCode !== 0;
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(
    readFileSync(report, 'utf8'),
  ) as SuiteReport;
  counts.passed += numPassedTests;
  counts.failed += numFailedTests;
  counts.skipped += numPendingTests;
}

if (lint.exitCode !== 0) console.error('Lint failed: see the first lines of this run.');
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = failed ? 1 : 0;
