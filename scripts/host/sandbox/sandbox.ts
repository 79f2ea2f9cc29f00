import { chmod } from 'node:fs/promises';
import { VipisoError } from '../../core/errors.ts';
import { kindOf } from '../below/files-below.ts';
import { FolderBelow } from '../below/folder-below.ts';
import { giveTree } from '../below/give-tree.ts';
import type { Host } from '../host.ts';
import { runTool } from '../process/run.ts';
import type { ToolResult } from '../process/run.ts';
import { bwrapFeatures } from './bwrap-features.ts';
import { namespaceEnd } from './namespace-end.ts';
import { accountForFiles } from './other-account.ts';
import { privateDevices } from './private-devices.ts';
import type { SandboxCall } from './sandbox-call.ts';
import { sandboxCommand } from './sandbox-command.ts';
import { TOOL_LIMITS } from './sandbox-limits.ts';

/**
 * Runs a command by bubblewrap in namespaces of its own: no network, no other processes, no file of the host
 * but the root and the binds, none of the user's environment, no descriptor but the three streams. Whoever it takes
 * itself for, every file it makes belongs to the user, and it has no capability, not even over what it owns: chown to any
 * other id, mount, mknod are refused by the kernel (user_namespaces(7), capabilities(7)).
 *
 * Started by root, it has the rights of an account that nobody has, and root, temporary folder and binds are given to that
 * one (`otherAccount`). Where that is not possible it has root's id, by which it could change settings of the host, and the
 * rights of whatever file or device of root's it reaches: `/proc` is read-only and does not show the first process, the
 * devices are its own, and no stream is a file of the host.
 *
 * The whole sandbox dies with this process, at its deadline and when it goes beyond its limits; nothing of it lives when
 * this returns.
 *
 * The mount points `/proc`, `/dev` and `/tmp` must exist in a read-only root.
 *
 * @throws VipisoError as `runTool`; malformed-package: a mount point is a link; `requireSandbox` tells beforehand whether
 *   namespaces are allowed at all
 */
export async function runSandboxed(host: Host, call: SandboxCall): Promise<ToolResult> {
  const { title, log, okExitCodes, onLine, stdin, stdout } = call;
  const features = await bwrapFeatures(host);
  const account = await accountForFiles(host);
  const devices = account === undefined ? await privateDevices(host) : undefined;
  const limits = call.limits ?? TOOL_LIMITS;
  checkMountPoints(call);
  if (account !== undefined) await giveFolders(call, account);
  const result = await runTool(host, {
    ...sandboxCommand(host, call, { ...features, devices, account }),
    title,
    cwd: typeof call.root === 'string' ? call.root : '/',
    log,
    timeoutMs: call.timeoutMs ?? limits.timeoutMs,
    limits: { ...limits, writable: writableFolders(call) },
    onStatus: namespaceEnd,
    okExitCodes,
    onLine,
    // A pipe: whatever is opened in its place would be the host's.
    ...(stdin === undefined ? { input: '' } : { stdin }),
    stdout,
  });
  // It was the sandbox's to change.
  if (stdout !== undefined) await chmod(stdout.file, 0o644);
  return result;
}

function writableFolders({ root, writeRoot, temp, binds = [] }: SandboxCall): readonly string[] {
  return [
    ...(typeof root === 'string' && writeRoot === true ? [root] : []),
    ...(temp === undefined ? [] : [temp]),
    ...binds.filter(({ write }) => write).map(({ from }) => from),
  ];
}

async function giveFolders(
  { root, temp, binds = [] }: SandboxCall,
  account: number,
): Promise<void> {
  const folders = [
    ...(typeof root === 'string' ? [root] : []),
    ...(temp === undefined ? [] : [temp]),
  ];
  for (const place of [...folders, ...binds.map(({ from }) => from)])
    await giveTree(place, account);
}

/** bwrap makes missing mount points and follows links to them, before the root is all that there is. */
function checkMountPoints({ root, scratch = [], binds = [] }: SandboxCall): void {
  if (typeof root !== 'string') return;
  for (const to of ['/proc', '/dev', '/tmp', ...scratch, ...binds.map((bind) => bind.to)]) {
    const at = to.lastIndexOf('/');
    const above = FolderBelow.open(root, to.slice(0, at), { links: 'refuse', missing: 'leave' });
    const kind = above && kindOf(above.entry(to.slice(at + 1)));
    above?.close();
    if (kind !== 'link' && kind !== 'other') continue;
    throw new VipisoError(
      'malformed-package',
      `nothing can be mounted at ${to} of the sandbox: a package made it ${kind === 'link' ? 'a symbolic link' : 'something else than a folder'}`,
    );
  }
}
