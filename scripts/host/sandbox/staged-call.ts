import type { SandboxCall } from './sandbox-call.ts';

/** A call whose paths on the host are those of a stage, and the arguments of the bwrap(1) that makes it. */
export interface StagedCall {
  readonly call: SandboxCall;
  readonly stage: readonly string[];
}

const STAGE = '/tmp';

/**
 * Puts all that a call names of the host onto a stage, a folder of a mount namespace of its own that every account can
 * reach: the folders above the originals may be closed to the account that the sandbox is to have.
 */
export function stageCall(call: SandboxCall): StagedCall {
  const sources: string[] = [];
  const put = (source: string): string => `${STAGE}/${sources.push(source) - 1}`;
  const { root, temp, binds } = call;
  const staged: SandboxCall = {
    ...call,
    root:
      typeof root === 'string'
        ? put(root)
        : {
            parts: root.parts.map((it) =>
              'folder' in it ? { ...it, folder: put(it.folder) } : it,
            ),
          },
    ...(temp !== undefined && { temp: put(temp) }),
    ...(binds && { binds: binds.map((bind) => ({ ...bind, from: put(bind.from) })) }),
  };
  const mounts = sources.flatMap((source, index) => ['--bind', source, `${STAGE}/${index}`]);
  return {
    call: staged,
    stage: ['--die-with-parent', '--dev-bind', '/', '/', '--tmpfs', STAGE, ...mounts],
  };
}
