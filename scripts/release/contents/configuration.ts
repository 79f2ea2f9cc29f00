import type { FileTree, TreeEntry } from '../../overlay/tree.ts';
import type { ConfigurationFile } from '../format/manifest.ts';
import { entryDigest } from './image-facts.ts';

/** Links of runlevels are told as services. */
const TOLD_ELSEWHERE = /^etc\/runlevels\//;

/**
 * Files and links of an overlay as a manifest lists them.
 *
 * @param tree as it ships
 * @param masked the same, with placeholders instead of secrets
 */
export function configurationOf(tree: FileTree, masked: FileTree): ConfigurationFile[] {
  const shown = new Map(masked.map((entry) => [entry.path, entry]));
  return tree
    .filter((entry) => entry.type !== 'directory' && !TOLD_ELSEWHERE.test(entry.path))
    .map((entry) => {
      const twin = shown.get(entry.path) ?? entry;
      const digest = entryDigest(twin) ?? '';
      return {
        path: `/${entry.path}`,
        ...modeOf(entry),
        sha256: digest,
        ...(digest !== entryDigest(entry) && { secret: true as const }),
      };
    });
}

function modeOf(entry: TreeEntry): { readonly mode?: string } {
  return entry.type === 'file' ? { mode: entry.mode.toString(8).padStart(4, '0') } : {};
}
