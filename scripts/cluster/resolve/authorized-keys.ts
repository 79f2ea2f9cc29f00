import { absolutePath } from '../references.ts';
import type { ReferenceContext } from '../references.ts';
import type { AccessFile, SshKeysFile } from '../schema/system.ts';
import type { DocumentPath } from '../text/document-path.ts';
import { holdsPrivateKey } from '../values/certificates.ts';

/** A line of authorized_keys, and where it is from. */
export interface AuthorizedKey {
  readonly line: string;
  readonly path: DocumentPath;
  /** The file that holds it, as written, with the line's number. */
  readonly source: string | undefined;
}

const PATH = ['access', 'ssh_authorized_keys'];

/** The keys in the file's order; of files that cannot be read or used: none, which a rule reports. */
export function authorizedKeys(
  written: AccessFile['ssh_authorized_keys'],
  context: ReferenceContext,
): readonly AuthorizedKey[] {
  return keyEntries(written).flatMap(({ entry, path }) => {
    if (typeof entry === 'string') return [{ line: entry, path, source: undefined }];
    const result = context.reader.readTextFile(absolutePath(context, entry.file));
    // A private key, named by mistake, must not get into an image.
    return result.ok && !holdsPrivateKey(result.text) ? linesOf(result.text, entry.file, path) : [];
  });
}

/** What is written, one by one. */
export function keyEntries(
  written: AccessFile['ssh_authorized_keys'],
): readonly { readonly entry: SshKeysFile; readonly path: DocumentPath }[] {
  if (written === undefined) return [];
  return Array.isArray(written)
    ? written.map((entry, index) => ({ entry, path: [...PATH, index] }))
    : [{ entry: written, path: PATH }];
}

/** Empty lines and comments are none (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
function linesOf(text: string, file: string, path: DocumentPath): readonly AuthorizedKey[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    return [{ line: trimmed, path, source: `${file}:${index + 1}` }];
  });
}
