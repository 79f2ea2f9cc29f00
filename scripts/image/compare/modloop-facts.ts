import { mkdir, readdir, readlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { compareStrings } from '../../core/digest.ts';
import { sha256OfFile } from '../../host/hash-file.ts';
import type { Host } from '../../host/host.ts';
import { runTool } from '../../host/run.ts';
import { withTempFolder } from '../../host/temp-folder.ts';

/** The files inside a modloop, each with the SHA-256 of its content or its link's target. */
export async function modloopFacts(
  host: Host,
  modloop: Buffer,
): Promise<ReadonlyMap<string, string>> {
  return await withTempFolder(host, path.join(host.cacheFolder, 'compare'), async (temp) => {
    const image = path.join(temp, 'modloop');
    const tree = path.join(temp, 'tree');
    await writeFile(image, modloop);
    await mkdir(tree);
    await runTool(host, {
      tool: 'unsquashfs',
      args: ['-quiet', '-no-progress', '-no-xattrs', '-force', '-dest', tree, image],
    });
    const facts = new Map<string, string>();
    await collect(tree, '', facts);
    return facts;
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
