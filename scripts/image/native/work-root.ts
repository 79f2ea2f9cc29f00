import type { Host } from '../../host/host.ts';
import { runSandboxed } from '../../host/sandbox.ts';
import type { SandboxCall } from '../../host/sandbox.ts';
import type { ToolResult } from '../../host/run.ts';

/** The root that the boot files are made in, by the very tools that its packages brought. Paths are on the host. */
export interface WorkRoot {
  readonly root: string;
  /** Becomes /tmp inside. On a disk: images do not fit into memory everywhere. */
  readonly temp: string;
  readonly log: string;
  /** SOURCE_DATE_EPOCH. */
  readonly epoch: number;
}

/**
 * Runs one of the root's programs in it, with a fixed umask: the user's own would show in the modes of what it makes.
 */
export async function runInRoot(
  host: Host,
  work: WorkRoot,
  command: readonly [string, ...string[]],
  options: Pick<SandboxCall, 'writeRoot' | 'stdin' | 'stdout' | 'okExitCodes'> = {},
): Promise<ToolResult> {
  return await runSandboxed(host, {
    root: work.root,
    temp: work.temp,
    log: work.log,
    command: ['/bin/sh', '-c', 'umask 022; exec "$@"', 'sh', ...command],
    env: { SOURCE_DATE_EPOCH: String(work.epoch) },
    ...options,
  });
}
