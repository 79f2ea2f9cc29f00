import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseDependency } from '../../../apk/dependency.ts';
import { parseStanza } from '../../../apk/index/stanza.ts';
import type { PackageRecord } from '../../../apk/model.ts';
import { compareStrings } from '../../../core/digest.ts';
import { VipisoError } from '../../../core/errors.ts';
import { ioError } from '../../../host/fs/errno.ts';
import type { LockedPackage } from '../../../packages/lock/format/schema.ts';

/** A package of the host that mkimage's tools consist of. */
export interface HostTool {
  readonly name: string;
  readonly version: string;
  /** What the host has it by: the locked package's SHA-256 where it is that very package. */
  readonly identity: string;
}

/** apk's records of what is installed: before and since /lib became a link to /usr/lib. */
const DATABASES = ['lib/apk/db/installed', 'usr/lib/apk/db/installed'];

/** Everything with a /etc has these, and mkimage's tools do not need the rest of it. */
const NO_TOOLS = ['alpine-base'];

/**
 * Looks for mkimage's tools among the packages of an Alpine host.
 *
 * @param root absolute path of the host's system
 * @param wanted.requests the tools, in apk's notation
 * @param wanted.locked what they and their dependencies are in the lock
 * @throws VipisoError tool-missing: the host is not an Alpine system, or lacks tools
 */
export async function hostTools(
  root: string,
  wanted: { readonly requests: readonly string[]; readonly locked: readonly LockedPackage[] },
): Promise<readonly HostTool[]> {
  const installed = await installedPackages(root);
  requireInstalled(installed, wanted.requests);
  const byName = new Map(installed.map((it) => [it.name, it]));
  return wanted.locked
    .map(({ name, version, checksum, sha256 }): HostTool => {
      const found = byName.get(name);
      if (found === undefined) return { name, version: 'none', identity: `no ${name}` };
      const same = found.version === version && found.checksum === checksum;
      const identity = same ? sha256 : `${name}-${found.version} ${found.checksum}`;
      return { name, version: found.version, identity };
    })
    .sort((a, b) => compareStrings(a.name, b.name));
}

/**
 * @returns absolute path of apk's records
 * @throws VipisoError tool-missing: the system at `root` is not Alpine
 */
export function requireAlpine(root: string): string {
  const file = DATABASES.map((name) => path.join(root, name)).find((it) => existsSync(it));
  if (file !== undefined && existsSync(path.join(root, 'etc/alpine-release'))) return file;
  throw new VipisoError('tool-missing', '--builder host needs a host that runs Alpine Linux', {
    hint: 'Leave --builder out: mkimage then runs with tools from locked packages, on any Linux.',
  });
}

async function installedPackages(root: string): Promise<readonly PackageRecord[]> {
  const file = requireAlpine(root);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw ioError(error, 'read what is installed', file);
  });
  return text.split('\n\n').flatMap((stanza) => parseStanza(indexLines(stanza)) ?? []);
}

/** The database reports each file behind its package: lines that an index does not have. */
function indexLines(stanza: string): string {
  const [head = ''] = stanza.split(/\n(?=F:)/, 1);
  return head;
}

function requireInstalled(installed: readonly PackageRecord[], requests: readonly string[]): void {
  const present = new Set(
    installed.flatMap(({ name, provides }) => [
      name,
      ...provides.flatMap((it) => parseDependency(it)?.name ?? []),
    ]),
  );
  const missing = requests.filter((it) => !present.has(it) && !NO_TOOLS.includes(it));
  if (missing.length === 0) return;
  throw new VipisoError('tool-missing', `this host lacks tools of mkimage: ${missing.join(', ')}`, {
    hint: 'Run the line above as root; or leave --builder out, and they come from locked packages.',
    details: [`apk add ${missing.join(' ')}`],
  });
}
