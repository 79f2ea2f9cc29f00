import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';
import { formatError } from '../../../scripts/cli/format-error.ts';
import { withSourcePositions } from '../../../scripts/cli/source-positions.ts';
import { temporaryFolder } from '../../support/host/test-host.ts';

test('a bug of the bundled tool is shown at its place in the sources', () => {
  const folder = temporaryFolder();
  const at = (name: string): string => path.join(folder, name);
  mkdirSync(at('scripts'));
  const bug = '\n\nexport function bug(): never {\n  throw new TypeError("oh");\n}\n';
  writeFileSync(at('scripts/inner.ts'), bug);
  writeFileSync(
    at('scripts/outer.ts'),
    'import { bug } from "./inner.ts";\n\nexport const run = () => bug();\n',
  );
  buildSync({
    ...{
      entryPoints: [at('scripts/outer.ts')],
      outdir: at('out/tool'),
      bundle: true,
      format: 'esm',
    },
    ...{ sourcemap: true, sourcesContent: false, banner: { js: '// one\n// two' } },
  });
  // A process of its own: this one has source maps switched on, so that its stacks are mapped before.
  const program = `import(process.argv[1]).then(({ run }) => run()).catch((it) => console.log(it.stack))`;
  const url = pathToFileURL(at('out/tool/outer.js')).href;
  const stack = execFileSync(process.execPath, ['-e', program, url], { encoding: 'utf8' });
  expect(stack).not.toContain('inner.ts');
  const error = new TypeError('oh');
  error.stack = stack;
  const text = formatError(error);
  expect(text).toContain('TypeError: oh');
  expect(text).toMatch(/at bug \(scripts\/inner\.ts:4:\d+\)/);
  expect(text).toMatch(/scripts\/outer\.ts:3:\d+/);
  expect(text).toContain('This is a bug in vipiso');
});

test('what has no source map stays as it is', () => {
  const stack = 'Error: x\n    at f (/nowhere/a.js:1:2)\n    at node:internal/main:3:4';
  expect(withSourcePositions(stack)).toBe(stack);
});
