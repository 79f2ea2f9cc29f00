import { mkdir, readdir, readlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { compareStrings } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { sha256OfFile } from '../../host/fs/hash-file.ts';
import { withTempFolder } from '../../host/fs/temp-folder.ts';
import type { Host } from '../../host/host.ts';
import { runTool } from '../../host/process/run.ts';

/**
 * The files inside a modloop, each with the SHA-256 of its content or its link's target.
 *
 * @param what names it in messages
 * @throws VipisoError malformed-archive: it is damaged
 */
export async function modloopFacts(
  host: Host,
  modloop: Buffer,
  what: string,
): Promise<ReadonlyMap<string, string>> {
  return await withTempFolder(host, path.join(host.cacheFolder, 'compare'), async (temp) => {
    const image = path.join(temp, 'modloop');
    const tree = path.join(temp, 'tree');
    await writeFile(image, modloop);
    await mkdir(tree);
    await runTool(host, {
      tool: 'unsquashfs',
      args: ['-quiet', '-no-progress', '-no-xattrs', '-force', '-dest', tree, image],
    }).catch((error: unknown) => {
      // What the tool is given is of our own making, but for the archive.
      throw error instanceof VipisoError && error.code === 'tool-failed'
        ? damaged(what, error)
        : error;
    });
    const facts = new Map<string, string>();
    await collect(tree, '', facts);
    return facts;
  });
}

function damaged(what: string, cause: VipisoError): VipisoError {
  return new VipisoError('malformed-archive', `${what} is not a valid squashfs archive`, {
    details: cause.details.filter((line) => !line.startsWith('to replay: ')),
    cause,
  });
}

async function collect(tree: string, folder: string, facts: Map<string, string>): Promise<void> {
  const entries = await readdir(path.join(tree, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => compareStrings(a.name, b.name))) {
    const name = path.posix.join(folder, entry.name);
    const file = path.join(tree, name);
    if (entry.isDirectory()) await collect(tree, name, facts);
    else facts.set(name, entry.isSymbolicLink() ? await readlink(file) : await sha256OfFile(file));
  }
}
