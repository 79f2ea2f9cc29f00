/**
 * `npm test`: lint, and every test beside it, fast ones first: lint keeps one processor busy, and so do most tests. Goes on
 * after a failed suite so that one run shows all, and closes with what lint says and one line that counts the tests of all
 * suites.
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

const linting = $({ nothrow: true, quiet: true })`npm run --silent lint`.run();
let failed = false;
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

const lint = await linting;
failed ||= lint.exitCode !== 0;
console.log(lint.exitCode === 0 ? 'Lint: no complaint' : `Lint failed:\n${lint.stdall}`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = failed ? 1 : 0;
