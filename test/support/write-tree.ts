import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FileTree } from '../../scripts/overlay/tree.ts';

/** Puts a tree into a folder, for tools that read files. Owners are the caller's. */
export function writeTreeTo(folder: string, tree: FileTree): void {
  for (const entry of tree) {
    const target = path.join(folder, entry.path);
    if (entry.type === 'directory') mkdirSync(target, { recursive: true });
    else if (entry.type === 'symlink') symlinkSync(entry.target, target);
    else {
      writeFileSync(target, entry.content);
      chmodSync(target, entry.mode);
    }
  }
}
