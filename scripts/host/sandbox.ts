import { runTool } from './run.ts';
import type { ToolResult } from './run.ts';
import type { Host } from './host.ts';
import type { ToolStream } from './tool-call.ts';

/** A folder or file of the host that the sandbox sees. */
export interface SandboxBind {
  /** Absolute path on the host. */
  readonly from: string;
  /** Absolute path inside; must exist there when the root is read-only. */
  readonly to: string;
  readonly write: boolean;
}

/** A read-only root that consists of folders and links of the host, with the mount points of the binds. */
export interface SandboxParts {
  readonly parts: readonly SandboxPart[];
}

/** `at` is an absolute path inside; `folder` one on the host, `link` what a symbolic link there says. */
export type SandboxPart =
  | { readonly at: string; readonly folder: string }
  | { readonly at: string; readonly link: string }
  | { readonly at: string; readonly empty: true };

/** A command that runs inside a folder of ours as if that folder were the whole machine. */
export interface SandboxCall {
  /** The host folder that becomes `/`, or the read-only parts of one. */
  readonly root: string | SandboxParts;
  /** Whether the command may change the root; absent = it is read-only. */
  readonly writeRoot?: boolean | undefined;
  /**
   * A host folder that becomes `/tmp`. Absent = an empty one in memory, which is too small for images and gives
   * other device numbers than a disk does.
   */
  readonly temp?: string | undefined;
  readonly binds?: readonly SandboxBind[] | undefined;
  /** Absolute paths inside of folders that are empty and in memory; they must exist in a read-only root. */
  readonly scratch?: readonly string[] | undefined;
  /** Capabilities in the sandbox's own namespaces, such as CAP_NET_ADMIN; absent = none. */
  readonly capabilities?: readonly string[] | undefined;
  /** Program (looked for inside the root) and arguments; there is no shell between. */
  readonly command: readonly [string, ...string[]];
  /** Added to the fixed environment: PATH, HOME, TMPDIR, LC_ALL, TZ. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Absolute path inside; absent = `/`. */
  readonly cwd?: string | undefined;
  /** Who the command is inside; absent = root, 0. Some programs do as root what a read-only root does not allow. */
  readonly uid?: number | undefined;
  /** Absolute path on the host of a file that the call and its output are appended to. */
  readonly log?: string | undefined;
  readonly timeoutMs?: number | undefined;
  /** Exit codes that are a success; absent = only 0. */
  readonly okExitCodes?: readonly number[] | undefined;
  readonly onLine?: ((line: string, stream: ToolStream) => void) | undefined;
  /** Whole standard input. */
  readonly stdin?: { readonly file: string } | undefined;
  /** Standard output into a file on the host. */
  readonly stdout?: { readonly file: string } | undefined;
}

const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/tmp',
  TMPDIR: '/tmp',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/**
 * Runs a command by bubblewrap in namespaces of its own: no network, no other processes, no file of the host
 * but the root and the binds, none of the user's environment. Whoever it takes itself for, every file it
 * makes belongs to the user; chown to any other id is refused by the kernel (user_namespaces(7)). The whole
 * sandbox dies with this process.
 *
 * The mount points `/proc`, `/dev` and `/tmp` must exist in a read-only root.
 *
 * @throws VipisoError as `runTool`; `requireSandbox` tells beforehand whether namespaces are allowed at all
 */
export async function runSandboxed(host: Host, call: SandboxCall): Promise<ToolResult> {
  const { log, timeoutMs, okExitCodes, onLine, stdin, stdout } = call;
  return await runTool(host, {
    tool: 'bwrap',
    args: sandboxArguments(call),
    cwd: typeof call.root === 'string' ? call.root : '/',
    log,
    timeoutMs,
    okExitCodes,
    onLine,
    stdin,
    stdout,
  });
}

/** The arguments of bwrap(1) for a call; mounts are made in their order. */
export function sandboxArguments(call: SandboxCall): string[] {
  const environment = { ...ENVIRONMENT, ...call.env };
  const id = String(call.uid ?? 0);
  return [
    ...['--unshare-all', '--unshare-user', '--die-with-parent', '--new-session'],
    ...['--uid', id, '--gid', id, '--hostname', 'vipiso'],
    ...(call.capabilities ?? []).flatMap((name) => ['--cap-add', name]),
    ...rootMounts(call),
    ...['--proc', '/proc', '--dev', '/dev'],
    ...(call.temp === undefined ? ['--tmpfs', '/tmp'] : ['--bind', call.temp, '/tmp']),
    ...(call.scratch ?? []).flatMap((folder) => ['--tmpfs', folder]),
    ...(call.binds ?? []).flatMap(({ from, to, write }) => [
      write ? '--bind' : '--ro-bind',
      from,
      to,
    ]),
    ...remounts(call),
    ...['--chdir', call.cwd ?? '/', '--clearenv'],
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--', ...call.command],
  ];
}

function rootMounts({ root, writeRoot }: SandboxCall): string[] {
  if (typeof root === 'string') return [writeRoot === true ? '--bind' : '--ro-bind', root, '/'];
  return root.parts.flatMap((part) => {
    if ('folder' in part) return ['--ro-bind', part.folder, part.at];
    return 'link' in part ? ['--symlink', part.link, part.at] : ['--tmpfs', part.at];
  });
}

/** What holds the parts could be written to, though in memory alone. */
function remounts({ root }: SandboxCall): string[] {
  if (typeof root === 'string') return [];
  const empty = root.parts.flatMap((part) => ('empty' in part ? [part.at] : []));
  return [...empty, '/'].flatMap((at) => ['--remount-ro', at]);
}
