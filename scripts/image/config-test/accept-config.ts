import { formatDiagnostics } from '../../cluster/findings/diagnostic-frame.ts';
import type { Host } from '../../host/host.ts';
import { clusterInvalid } from '../../inputs/load-cluster.ts';
import type { LoadedCluster } from '../../inputs/load-cluster.ts';
import type { NodeOverlay } from '../../overlay/node-overlays.ts';
import type { Lockfile } from '../../packages/lock/format/schema.ts';
import type { PackageFile } from '../../packages/package-files.ts';
import { canRun } from './can-run.ts';
import { layImageRoot } from './image-root.ts';
import { testConfig } from './test-config.ts';

export interface AcceptRequest {
  readonly loaded: LoadedCluster;
  readonly lock: Lockfile;
  readonly overlays: readonly NodeOverlay[];
  /** Packages of the images, in install order. */
  readonly files: readonly PackageFile[];
  /** `--no-daemons`. */
  readonly leaveOut: boolean;
}

/**
 * Lets a build go on only when the images' own programs accept the files that will ship.
 *
 * @returns what was not tested, and why: for the manifest
 * @throws VipisoError cluster-invalid: a program refuses a file; as `testConfig`
 */
export async function requireAccepted(
  host: Host,
  request: AcceptRequest,
): Promise<readonly string[]> {
  const { loaded, lock, overlays, files } = request;
  const reason = reasonNotTo(host, request);
  if (reason !== undefined) {
    warn(
      host,
      `DAEMONS NOT ASKED: ${reason}. Whether they accept their files shows when a node boots`,
    );
    return [reason];
  }
  const root = await layImageRoot(
    host,
    files.map((it) => it.locked),
    () => Promise.resolve(files),
  );
  const { diagnostics, limits } = await testConfig(host, { loaded, lock, root, overlays });
  for (const limit of limits) warn(host, `Not all was checked: ${limit}`);
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning');
  for (const diagnostic of warnings) {
    host.report({ type: 'result', name: 'diagnostic', data: { ...diagnostic } });
    warn(host, formatDiagnostics([diagnostic], loaded, host).join('\n'));
  }
  if (warnings.length < diagnostics.length) {
    const { name, file, text, locked, document } = loaded;
    throw clusterInvalid([{ ok: false, name, file, text, locked, document, diagnostics }], host);
  }
  return limits;
}

function reasonNotTo(
  host: Host,
  { lock, leaveOut }: Pick<AcceptRequest, 'lock' | 'leaveOut'>,
): string | undefined {
  if (leaveOut) return '--no-daemons was given';
  return canRun(host, lock.arch) ? undefined : `this machine runs no ${lock.arch} programs`;
}

function warn({ report }: Host, text: string): void {
  report({ type: 'note', level: 'warning', text });
}
