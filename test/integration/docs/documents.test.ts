import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createProgram } from '../../../scripts/cli/program.ts';
import { REFERENCE_PAGES } from '../../../scripts/tasks/docs/pages.ts';
import {
  codeBlocks,
  documents,
  readDocument,
  vipisoCommands,
} from '../../support/docs/code-blocks.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

describe('the reference', () => {
  test.each(REFERENCE_PAGES)('$file is what “npm run docs” makes', async ({ file, render }) => {
    expect(readFileSync(path.join(ROOT, file), 'utf8')).toBe(await render());
  });
});

describe('every document', () => {
  const shown = documents().flatMap((file) =>
    codeBlocks(file)
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) =>
        vipisoCommands(text).map((words) => ({ file, line: words.join(' ') })),
      ),
  );

  test('shows commands', () => {
    expect(shown.length).toBeGreaterThan(20);
  });

  test.each(shown)('$file: vipiso $line', async ({ line }) => {
    const reached = new Error('the command would run');
    const context = {
      open: () => {
        throw reached;
      },
    };
    const program = await createProgram(context, '1');
    program.configureOutput({ writeErr: () => undefined });
    await expect(program.parseAsync(line.split(' '), { from: 'user' })).rejects.toBe(reached);
  });

  test.each(documents())('%s links to what is there', (file) => {
    const text = readDocument(file);
    for (const [, target = '', anchor] of text.matchAll(
      /\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/gu,
    )) {
      const linked = path.join(ROOT, path.dirname(file), target);
      const place = target === '' ? path.join(ROOT, file) : linked;
      expect(existsSync(place), `${file} → ${target}`).toBe(true);
      if (anchor !== undefined) {
        expect(anchorsOf(readFileSync(place, 'utf8')), `${file} → ${target}#${anchor}`).toContain(
          anchor,
        );
      }
    }
  });

  // The page of codes shows on purpose what cannot be read; each of its examples has a test.
  const sound = documents().filter((file) => !file.endsWith('lint-codes.md'));
  test.each(sound)('%s shows YAML that can be read', (file) => {
    for (const { language, text } of codeBlocks(file)) {
      if (language === 'yaml') expect(() => parse(text) as unknown, text).not.toThrow();
    }
  });
});

/** As GitHub makes them: lower case, blanks to hyphens, punctuation gone. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gmu)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
