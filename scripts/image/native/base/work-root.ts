import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../../core/errors.ts';
import { takeBelow } from '../../../host/below/files-below.ts';
import { writePlainFile } from '../../../host/fs/plain-file.ts';
import { withTempFolder } from '../../../host/fs/temp-folder.ts';
import type { Host } from '../../../host/host.ts';
import type { ToolResult } from '../../../host/process/run.ts';
import { runSandboxed } from '../../../host/sandbox/sandbox.ts';
import type { SandboxCall } from '../../../host/sandbox/sandbox-call.ts';

/** The root that the boot files are made in, by the very tools that its packages brought. Paths are on the host. */
export interface WorkRoot {
  readonly root: string;
  /** A private folder that no sandbox sees; each gets a fresh one in it. On a disk: images do not fit into memory. */
  readonly temp: string;
  readonly log: string;
  /** SOURCE_DATE_EPOCH. */
  readonly epoch: number;
}

/** Where a command finds its inputs, which it can only read. */
export const INPUTS = '/run';
/** Where it leaves its results. */
export const RESULTS = '/tmp';

interface RootCall extends Pick<SandboxCall, 'writeRoot' | 'stdin' | 'stdout' | 'okExitCodes'> {
  /** Contents of files in `INPUTS`, by name. */
  readonly inputs?: ReadonlyMap<string, string | Uint8Array> | undefined;
  /** Names of files in `RESULTS`, each with the absolute path of the file that is made of it. */
  readonly results?: ReadonlyMap<string, string> | undefined;
}

/** Nobody's rights are needed inside; the files belong to whom the user is there. */
const USER = 1000;

/**
 * Runs one of the root's programs in it, with a fixed umask: the user's own would show in the modes of what it makes.
 *
 * @throws VipisoError as `runSandboxed`; image-wrong: it ended well without a result; malformed-package: a result is no
 *   regular file
 */
export async function runInRoot(
  host: Host,
  work: WorkRoot,
  command: readonly [string, ...string[]],
  { inputs = new Map(), results = new Map(), ...options }: RootCall = {},
): Promise<ToolResult> {
  return await withTempFolder(host, work.temp, async (folder) => {
    const [from, temp] = [path.join(folder, 'inputs'), path.join(folder, 'results')];
    for (const each of [from, temp]) await mkdir(each);
    for (const [name, content] of inputs) {
      // What mkinitfs takes from here keeps its mode.
      await writePlainFile(path.join(from, name), content);
    }
    const result = await runSandboxed(host, {
      root: work.root,
      temp,
      binds: [{ from, to: INPUTS, write: false }],
      uid: USER,
      log: work.log,
      command: ['/bin/sh', '-c', 'umask 022; exec "$@"', 'sh', ...command],
      env: { SOURCE_DATE_EPOCH: String(work.epoch) },
      ...options,
    });
    for (const [file, to] of results) {
      if (await takeBelow({ root: temp, file, links: 'refuse' }, to)) continue;
      throw new VipisoError(
        'image-wrong',
        `${command[0]} ended without an error, but made no ${file}`,
        {
          details: [`log: ${work.log}`],
        },
      );
    }
    return result;
  });
}
