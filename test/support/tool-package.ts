import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.resolve(import.meta.dirname, '../..');

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
  const target = path.join(folder, 'out/tool', name.replace(/\.ts$/, '.js'));
  const { outputText } = ts.transpileModule(readFileSync(path.join(sources, name), 'utf8'), {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2023,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  });
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, outputText);
}
