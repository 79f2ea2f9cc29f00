import { readFileSync } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { useCache } from '../cache/lease.ts';
import { withTempFolder } from '../fs/temp-folder.ts';
import type { Host } from '../host.ts';
import { runTool } from '../process/run.ts';
import { findTool } from '../tools/find-tool.ts';
import { bwrapFeatures } from './bwrap-features.ts';
import { freeId } from './free-id.ts';
import { namespaceEnd } from './namespace-end.ts';
import { sandboxCommand } from './sandbox-command.ts';

/** Whose rights the sandboxes of root have. */
export type OtherAccount =
  | { readonly id: number }
  /** Root's: why no other is possible, one phrase. */
  | { readonly id: undefined; readonly reason: string };

const namespaces = new Map<string, Promise<OtherAccount>>();
const caches = new Map<string, Promise<OtherAccount>>();

/**
 * The account that root's sandboxes have outside of their namespaces, as user and group: one that nobody has, so that
 * they may do what any ordinary user may and nothing that is root's. Found out once, by starting one.
 *
 * @returns undefined for everybody but root: a user's sandboxes are the user's
 * @throws VipisoError interrupted
 */
export async function otherAccount(host: Host): Promise<OtherAccount | undefined> {
  if (process.geteuid?.() !== 0) return undefined;
  const key = [findTool(host, 'bwrap'), findTool(host, 'setpriv')].join('\n');
  return await once(namespaces, key, () => tryNamespaces(host));
}

/** The same where files of the cache can be given to that account, too. */
export async function accountForFiles(host: Host): Promise<number | undefined> {
  const account = await otherAccount(host);
  if (account?.id === undefined) return undefined;
  const { id } = account;
  return (await once(caches, host.cacheFolder, () => tryFiles(host, id))).id;
}

async function once<T>(
  known: Map<string, Promise<T>>,
  key: string,
  find: () => Promise<T>,
): Promise<T> {
  const found = known.get(key) ?? find();
  known.set(key, found);
  try {
    return await found;
  } catch (error) {
    // One that was interrupted must not decide for the next.
    known.delete(key);
    throw error;
  }
}

async function tryNamespaces(host: Host): Promise<OtherAccount> {
  const none = (reason: string): OtherAccount => ({ id: undefined, reason });
  if (findTool(host, 'setpriv') === undefined) return none('there is no setpriv (util-linux)');
  const id = freeId({
    maps: ['/proc/self/uid_map', '/proc/self/gid_map'].map(textOf),
    accounts: ['/etc/passwd', '/etc/group'].map(textOf),
    ranges: ['/etc/subuid', '/etc/subgid'].map(textOf),
  });
  if (id === undefined) return none('this system has no id for it that is free');
  try {
    const root = { parts: [{ at: '/', folder: '/' }] };
    const means = { ...(await bwrapFeatures(host)), account: id };
    await runTool(host, {
      ...sandboxCommand(host, { root, command: ['true'] }, means),
      cwd: '/',
      timeoutMs: 20_000,
      onStatus: namespaceEnd,
    });
    return { id };
  } catch (error) {
    if (!(error instanceof VipisoError) || error.code === 'interrupted') throw error;
    return none(error.details[0] ?? error.message);
  }
}

async function tryFiles(host: Host, id: number): Promise<OtherAccount> {
  await useCache(host);
  return await withTempFolder(host, path.join(host.cacheFolder, 'accounts'), async (folder) => {
    const given = path.join(folder, 'given');
    try {
      await mkdir(given);
      await chown(given, id, id);
      return { id };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const text = asRoot(`files in ${host.cacheFolder} cannot be given to it: ${reason}`);
      host.report({ type: 'note', level: 'warning', text });
      return { id: undefined, reason };
    }
  });
}

/** What to say where root's sandboxes have root's own account. */
export function asRoot(reason: string): string {
  return `What packages bring runs as root in its sandbox, though without root's capabilities, since another account is not possible here (${reason}). Images need no root: build them as an ordinary user.`;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // A system without such a file has no such accounts.
    return '';
  }
}
