import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { digestOf, sha256 } from '../../core/digest.ts';
import { entriesBelow } from '../../host/fs/list-folder.ts';
import type { Host } from '../../host/host.ts';
import { toolRelease } from '../../kit/tool-files.ts';
import type { ReleaseManifest } from '../format/manifest.ts';

/** Maintenance scripts, which no command uses. */
const MAINTENANCE = 'tasks/';

/** What the tool is that made a release: its version, and one digest of its programs, templates and profiles. */
export async function toolIdentity(
  host: Pick<Host, 'packageRoot'>,
): Promise<ReleaseManifest['tool']> {
  const { packageRoot } = host;
  const programs = import.meta.filename.endsWith('.ts') ? 'scripts' : path.join('out', 'tool');
  const files: [string, string][] = [];
  for (const part of [programs, 'overlays', 'profiles']) {
    const found = await entriesBelow(path.join(packageRoot, part), 'read the tool’s own files');
    for (const { file: name, type } of found) {
      if (type !== 'file' || (part === programs && name.startsWith(MAINTENANCE))) continue;
      const place = part === programs ? 'programs' : part;
      const content = await readFile(path.join(packageRoot, part, name));
      files.push([`${place}/${name}`, sha256(content)]);
    }
  }
  return { name: 'vipiso', version: await toolRelease(host), sha256: digestOf(files) };
}
