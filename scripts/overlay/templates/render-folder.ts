import { VipisoError } from '../../core/errors.ts';
import type { TreeEntry } from '../tree.ts';
import type { View } from '../view/view-schema.ts';
import { readOverlayFolder } from './folder.ts';
import type { FolderEntry } from './folder.ts';
import { fileMode, folderMode, ownerOnly } from './modes.ts';
import { compileTemplate } from './templates.ts';

const TEMPLATE_SUFFIX = '.hbs';

/**
 * Turns a folder of overlay sources into tree entries owned by root: `*.hbs` is rendered with the view (and left
 * out where the outcome is blank, which is how a template makes a whole file conditional), the rest is copied.
 * Modes follow the path and the executable bit; a file that got a secret is for its owner alone.
 */
export async function renderFolder(root: string, view: View): Promise<readonly TreeEntry[]> {
  const sources = await readOverlayFolder(root);
  const entries = sources.flatMap((entry) => renderEntry(entry, view));
  const isWanted = ({ path }: TreeEntry) => holdsAny(path, entries) || !holdsAny(path, sources);
  return entries.filter((entry) => entry.type !== 'directory' || isWanted(entry));
}

/** A folder goes when all that it held was left out; one that was empty from the start is meant. */
function holdsAny(folder: string, entries: readonly Pick<TreeEntry, 'path' | 'type'>[]): boolean {
  return entries.some(({ path, type }) => type !== 'directory' && path.startsWith(`${folder}/`));
}

function renderEntry(entry: FolderEntry, view: View): readonly TreeEntry[] {
  const { path } = entry;
  const owner = { uid: 0, gid: 0 };
  switch (entry.type) {
    case 'directory':
      return [{ path, type: 'directory', mode: folderMode(path), ...owner }];
    case 'symlink':
      return [{ path, type: 'symlink', target: entry.target, ...owner }];
    case 'file':
      return path.endsWith(TEMPLATE_SUFFIX)
        ? renderTemplate(entry, view)
        : [
            {
              path,
              type: 'file',
              mode: fileMode(path, entry.executable),
              content: entry.content,
              ...owner,
            },
          ];
  }
}

function renderTemplate(
  entry: Extract<FolderEntry, { type: 'file' }>,
  view: View,
): readonly TreeEntry[] {
  const { text, secret } = compileTemplate(entry.path, decode(entry))(view);
  if (text.trim() === '') return [];
  const path = entry.path.slice(0, -TEMPLATE_SUFFIX.length);
  const mode = fileMode(path, entry.executable);
  return [
    {
      ...{ path, type: 'file', uid: 0, gid: 0 },
      mode: secret ? ownerOnly(mode) : mode,
      content: Buffer.from(text),
    },
  ];
}

function decode({ path, content }: Extract<FolderEntry, { type: 'file' }>): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (cause) {
    throw new VipisoError('cluster-invalid', `the template ${path} is not UTF-8 text`, {
      cause,
      hint: 'Drop the .hbs from the name to copy the file as it is.',
    });
  }
}
