import type { Host } from '../host.ts';
import { findTool } from '../tools/find-tool.ts';
import type { ToolStart } from '../tools/tool-call.ts';
import type { BwrapFeatures } from './bwrap-features.ts';
import { DEVICE_NAMES } from './private-devices.ts';
import type { SandboxCall } from './sandbox-call.ts';
import { SHARED_MEMORY_BYTES, TEMP_BYTES } from './sandbox-limits.ts';
import { stageCall } from './staged-call.ts';

const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/tmp',
  TMPDIR: '/tmp',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** What a sandbox is made with. */
export interface SandboxMeans extends BwrapFeatures {
  /** Folder of `privateDevices`; absent = the host's devices. */
  readonly devices?: string | undefined;
  /** Of `otherAccount`; absent = the sandbox is whoever starts it. */
  readonly account?: number | undefined;
}

/**
 * The tool and its arguments that run a call: bwrap(1), which another bwrap starts as the other account where there is
 * one (setpriv(1)).
 */
export function sandboxCommand(
  host: Host,
  call: SandboxCall,
  means: SandboxMeans,
): Pick<ToolStart, 'tool' | 'args'> {
  const { account } = means;
  const status = ['--json-status-fd', '3'];
  if (account === undefined)
    return { tool: 'bwrap', args: [...status, ...sandboxArguments(call, means)] };
  const staged = stageCall(call);
  const ids = [`--reuid=${account}`, `--regid=${account}`, '--clear-groups'];
  const args = [
    ...[...staged.stage, '--chdir', '/', '--', findTool(host, 'setpriv') ?? 'setpriv', ...ids],
    ...['--inh-caps=-all', '--no-new-privs', findTool(host, 'bwrap') ?? 'bwrap'],
    ...[...status, ...sandboxArguments(staged.call, means)],
  ];
  return { tool: 'bwrap', args };
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
