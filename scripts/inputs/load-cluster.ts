import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { LockedDaemons } from '../cluster/daemon-versions.ts';
import { formatDiagnostics } from '../cluster/findings/diagnostic-frame.ts';
import type { LintFinding } from '../cluster/findings/finding.ts';
import type { ClusterModel } from '../cluster/model.ts';
import { parseCluster } from '../cluster/parse.ts';
import { acrossFileFindings } from '../cluster/rules/across-files.ts';
import { maskSecretFindings } from '../cluster/secrets/secret-mask.ts';
import type { IncludedText } from '../cluster/text/read-document.ts';
import type { SourceMap } from '../cluster/text/source-map.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { VipisoError } from '../core/errors.ts';
import { ioError, isErrno } from '../host/fs/errno.ts';
import { fileReferences } from '../host/fs/reference-reader.ts';
import type { Host } from '../host/host.ts';
import { lockedDaemonsBeside } from './locked-daemons.ts';

/** A cluster file that was read: what it resolves to, and what was found in it. */
export interface LoadedCluster {
  /** The name that the user gave. */
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
  /** What the lock beside it says of the daemons. */
  readonly locked: LockedDaemons | undefined;
  readonly cluster: ClusterModel;
  readonly warnings: readonly Diagnostic[];
  /** Turns findings made later into diagnostics of this file. */
  readonly judge: (findings: readonly LintFinding[]) => readonly Diagnostic[];
  readonly places: SourceMap;
  /** All that was written, of the included files too, as plain data. */
  readonly document: unknown;
  readonly included: readonly IncludedText[];
}

/** A cluster file that was read and judged; with errors there is no cluster. */
export type JudgedCluster =
  | ({ readonly ok: true } & LoadedCluster)
  | {
      readonly ok: false;
      readonly name: string;
      readonly file: string;
      readonly text: string;
      readonly locked: LockedDaemons | undefined;
      readonly diagnostics: readonly Diagnostic[];
      /** All that was written, whether it fits the schema or not; undefined where it is no YAML. */
      readonly document: unknown;
    };

/**
 * Reads a cluster file for a command that needs a good one.
 *
 * @throws VipisoError cluster-invalid with a caret frame for each error, when there are any
 */
export async function loadCluster(
  host: Pick<Host, 'cwd' | 'env' | 'now' | 'colour'>,
  name: string,
): Promise<LoadedCluster> {
  const [judged] = await judgeClusters(host, [name]);
  if (judged?.ok === true) return judged;
  throw clusterInvalid(judged === undefined ? [] : [judged], host);
}

/** Reads and judges several cluster files, each by itself and against those before it. */
export async function judgeClusters(
  host: Pick<Host, 'cwd' | 'env' | 'now'>,
  names: readonly string[],
): Promise<readonly JudgedCluster[]> {
  const judged: JudgedCluster[] = [];
  for (const name of names) {
    const file = path.resolve(host.cwd, name);
    const text = await readClusterFile(name, file);
    const about = { name, file, text, locked: await lockedDaemonsBeside(file) };
    judged.push(judge(about, host, judged));
  }
  return judged;
}

/**
 * Reads and judges a text instead of a cluster file's own.
 *
 * @throws VipisoError cluster-invalid
 */
export function loadText(
  host: Pick<Host, 'cwd' | 'env' | 'now'>,
  place: Pick<LoadedCluster, 'name' | 'file' | 'locked'>,
  text: string,
): LoadedCluster {
  const judged = judgeText(host, place, text);
  if (judged.ok) return judged;
  throw clusterInvalid([judged], { colour: false });
}

/** Judges a text instead of a cluster file's own, by itself. */
export function judgeText(
  host: Pick<Host, 'env' | 'now'>,
  { name, file, locked }: Pick<LoadedCluster, 'name' | 'file' | 'locked'>,
  text: string,
): JudgedCluster {
  return judge({ name, file, locked, text }, host, []);
}

/** Judges a cluster file as if another branch stood in it, by itself. */
export function judgeOnBranch(
  host: Pick<Host, 'env' | 'now'>,
  { name, file, locked, text }: LoadedCluster,
  branch: string,
): JudgedCluster {
  return judge({ name: `${name} on ${branch}`, file, locked, text, branch }, host, []);
}

function judge(
  {
    branch,
    ...about
  }: Pick<LoadedCluster, 'name' | 'file' | 'text' | 'locked'> & { readonly branch?: string },
  host: Pick<Host, 'env' | 'now'>,
  earlier: readonly JudgedCluster[],
): JudgedCluster {
  const { name, file, text, locked } = about;
  const folder = path.dirname(file);
  const now = Math.floor(host.now() / 1000);
  const parsed = parseCluster(text, { folder, reader: fileReferences(host), locked, branch, now });
  const masked = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
    [text, ...parsed.included.map((it) => it.text)].reduce(
      (all, part) => maskSecretFindings(all, part),
      diagnostics,
    );
  const { document } = parsed;
  if (!parsed.ok) return { ok: false, ...about, document, diagnostics: masked(parsed.diagnostics) };
  const good = earlier.filter((other) => other.ok);
  const clashes = parsed.judge(acrossFileFindings({ name, cluster: parsed.cluster }, good));
  const all = masked([...parsed.warnings, ...clashes]);
  return clashes.some(({ severity }) => severity === 'error')
    ? { ok: false, ...about, document, diagnostics: all }
    : { ...parsed, ...about, warnings: all };
}

async function readClusterFile(name: string, file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) {
      throw new VipisoError('cluster-invalid', `there is no cluster file ${name}`, {
        hint: 'Make one with: vipiso init',
      });
    }
    if (isErrno(error, 'EISDIR')) {
      throw new VipisoError('cluster-invalid', `${name} is a folder, not a cluster file`, {
        hint: `Name the file: ${path.join(name, 'cluster.yaml')}`,
      });
    }
    if (isErrno(error, 'ERR_ENCODING_INVALID_ENCODED_DATA')) {
      throw new VipisoError('cluster-invalid', `${name} is no UTF-8 text`, {
        hint: 'Save it as UTF-8.',
      });
    }
    throw ioError(error, 'read the cluster file', file);
  }
}

/** The error for files with errors: how many, and a caret frame for each. */
export function clusterInvalid(
  files: readonly JudgedCluster[],
  host: Pick<Host, 'colour'>,
): VipisoError {
  const bad = files.filter((judged) => !judged.ok);
  const errors = bad.map(({ diagnostics }) =>
    diagnostics.filter(({ severity }) => severity === 'error'),
  );
  const count = errors.flat().length;
  const names = bad.map(({ name }) => name).join(', ');
  const details = bad.flatMap(({ name, text }, index) =>
    formatDiagnostics(errors[index] ?? [], { name, text }, host),
  );
  return new VipisoError(
    'cluster-invalid',
    `${names}: ${count} ${count === 1 ? 'error' : 'errors'}`,
    { details },
  );
}
