import { readFileSync } from 'node:fs';
import { VipisoError } from '../../core/errors.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { Host } from '../host.ts';
import { runTool } from '../process/run.ts';
import { requireTools } from '../tools/find-tool.ts';
import { bwrapFeatures } from './bwrap-features.ts';
import { asRoot, otherAccount } from './other-account.ts';
import { sandboxArguments } from './sandbox-command.ts';

/** Kernel settings that forbid user namespaces, each with the value that does and the way to allow them. */
const SWITCHES = [
  {
    file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    forbids: '1',
    hint: 'Ubuntu restricts them by AppArmor: install the bwrap profile (package apparmor-profiles: bwrap-userns-restrict), or run, as root: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
  },
  {
    file: '/proc/sys/kernel/unprivileged_userns_clone',
    forbids: '0',
    hint: 'Run, as root: sysctl -w kernel.unprivileged_userns_clone=1',
  },
  {
    file: '/proc/sys/user/max_user_namespaces',
    forbids: '0',
    hint: 'Run, as root: sysctl -w user.max_user_namespaces=15000',
  },
];

const REFUSALS: readonly ErrorCode[] = ['tool-failed', 'disk-full', 'permission'];

/**
 * Makes sure that sandboxes can be started, by starting one. Where they would have root's account, a warning says so.
 *
 * @returns who they are outside of their namespaces, for people
 * @throws VipisoError sandbox: the kernel or a container forbids namespaces; tool-missing: there is no bwrap
 */
export async function requireSandbox(host: Host): Promise<string> {
  requireTools(host, ['bwrap']);
  const account = await otherAccount(host);
  if (account === undefined) await tryPlain(host);
  else if (account.id === undefined) {
    await tryPlain(host);
    host.report({ type: 'note', level: 'warning', text: asRoot(account.reason) });
    return 'as root';
  }
  return account === undefined ? 'as this account' : `as an account of their own (${account.id})`;
}

async function tryPlain(host: Host): Promise<void> {
  try {
    await runTool(host, {
      tool: 'bwrap',
      args: sandboxArguments({ root: '/', command: ['true'] }, await bwrapFeatures(host)),
      cwd: '/',
      timeoutMs: 20_000,
    });
  } catch (cause) {
    // The kernel refuses in words that also mean a full disk (ENOSPC) or a file's rights (EACCES).
    if (!(cause instanceof VipisoError) || !REFUSALS.includes(cause.code)) throw cause;
    throw new VipisoError(
      'sandbox',
      'this system does not allow the sandbox that images are built in',
      {
        hint: hintFrom(readSetting),
        details: cause.details,
        cause,
      },
    );
  }
}

/** What to do, judged by the settings that `read` returns (undefined = this kernel has no such setting). */
export function hintFrom(read: (file: string) => string | undefined): string {
  const cause = SWITCHES.find(({ file, forbids }) => read(file) === forbids);
  return (
    cause?.hint ??
    'User namespaces seem to be allowed; inside a container, start it with a seccomp profile that permits unshare and mount.'
  );
}

function readSetting(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // Which settings exist depends on the kernel; an unreadable one tells nothing.
    return undefined;
  }
}
