import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { sha256 } from '../../../scripts/core/digest.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
/** Compiled files by the digest of their source: compiling all takes ten seconds, and many suites need it. */
const COMPILED = path.join(ROOT, 'out/test-tool', ts.version);

/** The tool as it is installed: compiled from the sources of this moment (without checking types), in `folder`. */
export function makeToolPackage(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const part of ['package.json', 'LICENSE', 'overlays', 'profiles']) {
    cpSync(path.join(ROOT, part), path.join(folder, part), { recursive: true });
  }
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  const sources = path.join(ROOT, 'scripts');
  for (const name of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.ts') && !name.startsWith('tasks')) compile(sources, name, folder);
  }
  return path.join(folder, 'out/tool/vipiso.js');
}

function compile(sources: string, name: string, folder: string): void {
  const source = readFileSync(path.join(sources, name), 'utf8');
  const compiled = path.join(COMPILED, `${sha256(source)}.js`);
  if (!existsSync(compiled)) {
    mkdirSync(COMPILED, { recursive: true });
    const fresh = `${compiled}.${process.pid}`;
    writeFileSync(fresh, transpile(source));
    renameSync(fresh, compiled);
  }
  const target = path.join(folder, 'out/tool', name.replace(/\.ts$/, '.js'));
  mkdirSync(path.dirname(target), { recursive: true });
  cpSync(compiled, target);
}

function transpile(source: string): string {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2023,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  });
  return outputText;
}
