import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findTool } from '../../../scripts/host/tools/find-tool.ts';
import { examineHost, formatExamination } from '../../../scripts/workflows/doctor.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { testHost } from '../../support/host/test-host.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

describe.runIf(requireTools('bwrap', 'xorriso', 'mksquashfs', 'mformat', 'mcopy'))('doctor', () => {
  test('finds everything that building needs, with versions', async () => {
    const examination = await examineHost(testHost());
    expect(examination.canBuild).toBe(true);
    const xorriso = examination.findings.find(({ what }) => what === 'xorriso');
    expect(xorriso).toMatchObject({
      need: 'build',
      state: 'good',
      found: expect.stringMatching(/\d/) as string,
    });
  });

  test('ends with 5 and the install command where a tool is missing', () => {
    const host = testHost();
    const xorriso = findTool(host, 'xorriso') ?? '';
    // A machine without the program: something that cannot be started lies over it.
    const masked = ['--dev-bind', '/', '/', '--ro-bind', '/dev/null', xorriso];
    const command = [
      path.join(ROOT, 'node_modules/.bin/tsx'),
      path.join(ROOT, 'scripts/vipiso.ts'),
      'doctor',
    ];
    const { status, stdout } = spawnSync(
      findTool(host, 'bwrap') ?? '',
      [...masked, '--', ...command],
      {
        encoding: 'utf8',
        cwd: host.folder,
      },
    );
    expect(status).toBe(5);
    expect(stdout).toContain('apt-get install xorriso');
    expect(stdout).toContain('Images cannot be built here.');
  });
});

test('a table tells the state, the need and what to do', () => {
  const lines = formatExamination({
    findings: [
      { what: 'Node.js', need: 'build', state: 'good', found: '20.18.1' },
      { what: 'sandbox', need: 'build', state: 'missing', found: 'forbidden', hint: 'Allow it.' },
    ],
    install: [],
    canBuild: false,
  });
  expect(lines).toEqual([
    'ok  Node.js  build  20.18.1',
    'NO  sandbox  build  forbidden',
    '                    Allow it.',
    '',
    'Images cannot be built here.',
  ]);
});
