import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { HOST_TOOLS, packagesOf, toolsFor } from '../../../../scripts/host/tools/tool-packages.ts';

const ROOT = path.resolve(import.meta.dirname, '../../../..');
const SCRIPTS = path.join(ROOT, 'scripts');
/** Of every system, or done without. */
const NOT_REQUIRED = ['sh', 'git', 'diffoscope'];

test('every program that the tool starts is in the table', () => {
  const started = readdirSync(SCRIPTS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('tasks/'))
    .map((file) => readFileSync(path.join(SCRIPTS, file), 'utf8'))
    .flatMap((text) => [...text.matchAll(/\btool: '([a-z][^']*)'/g)].map(([, tool = '']) => tool));
  expect(started).toContain('xorriso');
  const unknown = started.filter((tool) => packagesOf(tool) === undefined);
  expect(new Set(unknown)).toEqual(new Set(NOT_REQUIRED));
});

test('the README names what a build needs', () => {
  const [, paragraph = ''] =
    /You need Node([^]*?)\n\n/.exec(readFileSync(path.join(ROOT, 'README.md'), 'utf8')) ?? [];
  for (const tool of toolsFor('native')) {
    const names = [tool, HOST_TOOLS[tool]?.debian].map((name) => `\`${name}\``);
    expect(
      names.some((name) => paragraph.includes(name)),
      tool,
    ).toBe(true);
  }
});
