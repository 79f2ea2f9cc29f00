import type { ToolStream } from '../tools/tool-call.ts';
import type { SandboxLimits } from './sandbox-limits.ts';

/** A folder or file of ours that the sandbox sees: as root it is given to the sandbox's account (`otherAccount`). */
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
  /** The folder of ours that becomes `/`, or the read-only parts of one of the host's. */
  readonly root: string | SandboxParts;
  /** Whether the command may change the root; absent = it is read-only. */
  readonly writeRoot?: boolean | undefined;
  /**
   * A folder of ours that becomes `/tmp`. Absent = an empty one in memory, which is too small for images and gives
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
