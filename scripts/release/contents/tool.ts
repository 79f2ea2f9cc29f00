import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { compareStrings, digestOf, sha256 } from '../../core/digest.ts';
import { ioError } from '../../host/fs/errno.ts';
import type { Host } from '../../host/host.ts';
import { toolRelease } from '../../kit/tool-files.ts';
import type { ReleaseManifest } from '../format/manifest.ts';

/** Maintenance scripts, which no command uses. */
const MAINTENANCE = `tasks${path.sep}`;

/** What the tool is that made a release: its version, and one digest of its programs, templates and profiles. */
export async function toolIdentity(
  host: Pick<Host, 'packageRoot'>,
): Promise<ReleaseManifest['tool']> {
  const { packageRoot } = host;
  const programs = import.meta.filename.endsWith('.ts') ? 'scripts' : path.join('out', 'tool');
  const files: [string, string][] = [];
  for (const part of [programs, 'overlays', 'profiles']) {
    for (const name of await namesBelow(path.join(packageRoot, part))) {
      if (part === programs && name.startsWith(MAINTENANCE)) continue;
      const place = part === programs ? 'programs' : part;
      const content = await readFile(path.join(packageRoot, part, name));
      files.push([`${place}/${name}`, sha256(content)]);
    }
  }
  return { name: 'vipiso', version: await toolRelease(host), sha256: digestOf(files) };
}

async function namesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: unknown) => {
      throw ioError(error, 'read the tool’s own files', folder);
    },
  );
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort(compareStrings);
}
