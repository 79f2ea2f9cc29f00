import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { buildLab } from '../../lab/build-lab.ts';
import { codeBlocks, documents } from '../../support/docs/code-blocks.ts';
import type { CodeBlock } from '../../support/docs/code-blocks.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { suiteHost } from '../../support/images/lab-pair.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
/** In the order in which a reader goes; each goes on in the folder of the one before. */
const GUIDES = ['first-pair', 'air-gap', 'rolling-upgrade', 'security', 'releases', 'promises'].map(
  (name) => `docs/guides/${name}.md`,
);

function runnable(file: string): CodeBlock[] {
  return codeBlocks(file).filter(
    ({ language, notRun }) => language === 'sh' && notRun === undefined,
  );
}

test('every guide with commands to run is run', () => {
  const guides = documents().filter(
    (file) => file.startsWith('docs/') && runnable(file).length > 0,
  );
  expect([...GUIDES].sort()).toEqual(guides);
});

describe.runIf(requireTools('bwrap', 'xorriso', 'mksquashfs', 'mformat', 'mcopy'))(
  'the guides',
  () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'vipiso-guides-'));
    let alpine: Readonly<Record<string, unknown>> = {};

    beforeAll(async () => {
      const out = path.join(ROOT, 'out/lab');
      const downloads = path.join(ROOT, 'out/lab-downloads');
      const lab = await buildLab(suiteHost(), { out, downloads, refresh: false });
      alpine = { repositories: [lab.repository], keys: lab.keys };
      mkdirSync(path.join(folder, 'bin'));
      // npx of a user's folder: the tool as it is installed.
      const npx = `#!/bin/sh\nshift\nexec node ${path.join(ROOT, 'out/tool/vipiso.js')} "$@"\n`;
      writeFileSync(path.join(folder, 'bin/npx'), npx);
      chmodSync(path.join(folder, 'bin/npx'), 0o755);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test.each(GUIDES.flatMap(runnable))('$file: $text', ({ text }) => {
      const { status, stdout, stderr } = spawnSync('sh', ['-euc', text], {
        cwd: folder,
        encoding: 'utf8',
        env: {
          PATH: `${path.join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
          HOME: folder,
          VIPISO_ACCELERATOR: 'tcg',
        },
      });
      expect(status, `${stdout}\n${stderr}`).toBe(0);
      if (text.includes('vipiso init')) useTheLab();
    });

    /** What a reader does in an editor. */
    function useTheLab(): void {
      const file = path.join(folder, 'cluster.yaml');
      expect(existsSync(file)).toBe(true);
      appendFileSync(file, `\n${stringify({ alpine, image: { engine: 'native' } })}`);
    }
  },
);
