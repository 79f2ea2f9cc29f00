import { chmod } from 'node:fs/promises';
import { VipisoError } from '../../core/errors.ts';
import { kindOf } from '../below/files-below.ts';
import { FolderBelow } from '../below/folder-below.ts';
import type { Host } from '../host.ts';
import { runTool } from '../process/run.ts';
import type { ToolResult } from '../process/run.ts';
import type { ToolStream } from '../tools/tool-call.ts';
import { bwrapFeatures } from './bwrap-features.ts';
import type { BwrapFeatures } from './bwrap-features.ts';
import { namespaceEnd } from './namespace-end.ts';
import { DEVICE_NAMES, privateDevices } from './private-devices.ts';
import { SHARED_MEMORY_BYTES, TEMP_BYTES, TOOL_LIMITS } from './sandbox-limits.ts';
import type { SandboxLimits } from './sandbox-limits.ts';

/** A folder or file of the host that the sandbox sees. */
export interface SandboxBind {
  /** Absolute path on the host. */
  readonly from: string;
  /** Absolute path inside, without links on the way; must exist there when the root is read-only. */
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
  /** How messages name the call; absent = `bwrap`. */
  readonly title?: string | undefined;
  /** Absent = those for tools, with `timeoutMs` instead of theirs. */
  readonly limits?: SandboxLimits | undefined;
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
 * but the root and the binds, none of the user's environment, no descriptor but the three streams. Whoever it takes
 * itself for, every file it makes belongs to the user, and it has no capability, not even over what it owns: chown to any
 * other id, mount, mknod are refused by the kernel (user_namespaces(7), capabilities(7)). With root's id it could change
 * settings of the host, and the rights of whatever file or device of root's it reaches: `/proc` is read-only and does not
 * show the first process, the devices are its own, and no stream is a file of the host.
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
  const devices = await privateDevices(host);
  const limits = call.limits ?? TOOL_LIMITS;
  checkMountPoints(call);
  const result = await runTool(host, {
    tool: 'bwrap',
    args: ['--json-status-fd', '3', ...sandboxArguments(call, { ...features, devices })],
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

interface SandboxMeans extends BwrapFeatures {
  /** Folder of `privateDevices`; absent = the host's devices. */
  readonly devices?: string | undefined;
}

const ALL_FEATURES: SandboxMeans = { disableUserns: true, size: true };

/** The arguments of bwrap(1) for a call; mounts are made in their order. */
export function sandboxArguments(call: SandboxCall, features = ALL_FEATURES): string[] {
  const environment = { ...ENVIRONMENT, ...call.env };
  const id = String(call.uid ?? 0);
  const capabilities = call.capabilities ?? [];
  const inMemory = (at: string, bytes: number): string[] => {
    return [...(features.size ? ['--size', String(bytes)] : []), '--tmpfs', at];
  };
  return [
    ...['--unshare-all', '--unshare-user', '--die-with-parent', '--new-session'],
    // bwrap does it by a user namespace within the one that owns the network: capabilities there would mean nothing.
    ...(features.disableUserns && capabilities.length === 0 ? ['--disable-userns'] : []),
    ...['--cap-drop', 'ALL', '--uid', id, '--gid', id, '--hostname', 'vipiso'],
    ...capabilities.flatMap((name) => ['--cap-add', name]),
    ...rootMounts(call),
    // The first process is the host's bwrap: its `exe` would lead to the file.
    ...['--proc', '/proc', '--tmpfs', FIRST_PROCESS],
    ...['--dev', '/dev', ...deviceMounts(features), ...inMemory('/dev/shm', SHARED_MEMORY_BYTES)],
    ...(call.temp === undefined ? inMemory('/tmp', TEMP_BYTES) : ['--bind', call.temp, '/tmp']),
    ...(call.scratch ?? []).flatMap((folder) => inMemory(folder, TEMP_BYTES)),
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

const FIRST_PROCESS = '/proc/1';

function deviceMounts({ devices }: SandboxMeans): string[] {
  if (devices === undefined) return [];
  return DEVICE_NAMES.flatMap((name) => ['--dev-bind', `${devices}/${name}`, `/dev/${name}`]);
}

function rootMounts({ root, writeRoot }: SandboxCall): string[] {
  if (typeof root === 'string') return [writeRoot === true ? '--bind' : '--ro-bind', root, '/'];
  return root.parts.flatMap((part) => {
    if ('folder' in part) return ['--ro-bind', part.folder, part.at];
    return 'link' in part ? ['--symlink', part.link, part.at] : ['--tmpfs', part.at];
  });
}

/**
 * As root, settings below /proc/sys could be written: the kernel asks for the owner of the file there, not for
 * capabilities. What holds the parts of a root, and /dev, could be written to, though in memory alone.
 */
function remounts({ root }: SandboxCall): string[] {
  const parts = typeof root === 'string' ? [] : root.parts;
  const empty = parts.flatMap((part) => ('empty' in part ? [part.at] : []));
  const whole = typeof root === 'string' ? [] : ['/'];
  return [FIRST_PROCESS, '/proc', '/dev', ...empty, ...whole].flatMap((at) => ['--remount-ro', at]);
}
