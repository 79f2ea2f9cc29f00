import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { bundleTool } from '../../../scripts/tasks/build/bundle.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** The tool as it is installed: bundled from the sources of this moment (without checking types), in `folder`. */
export function makeToolPackage(folder: string): string {
  const { files } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    files: string[];
  };
  mkdirSync(folder, { recursive: true });
  for (const part of ['package.json', ...files.filter((it) => it !== 'out/tool')]) {
    cpSync(path.join(ROOT, part), path.join(folder, part), { recursive: true });
  }
  cpSync(bundled(), path.join(folder, 'out/tool'), { recursive: true });
  return path.join(folder, 'out/tool/vipiso.js');
}

/** By the digest of the sources: many suites need it, and each makes its own copy. */
function bundled(): string {
  const folder = path.join(ROOT, 'out/test-tool', sourcesDigest());
  if (!existsSync(folder)) bundleTool(ROOT, folder);
  return folder;
}

function sourcesDigest(): string {
  const hash = createHash('sha256').update(readFileSync(path.join(ROOT, 'package-lock.json')));
  const sources = path.join(ROOT, 'scripts');
  for (const name of readdirSync(sources, { recursive: true, encoding: 'utf8' }).sort()) {
    if (name.endsWith('.ts')) hash.update(name).update(readFileSync(path.join(sources, name)));
  }
  return hash.digest('hex').slice(0, 16);
}
