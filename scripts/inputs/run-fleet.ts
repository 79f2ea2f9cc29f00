import path from 'node:path';
import { compareStrings } from '../core/digest.ts';
import { VipisoError } from '../core/errors.ts';
import type { ErrorCode } from '../core/errors.ts';
import { formatDuration } from '../core/format-duration.ts';
import type { Host } from '../host/host.ts';

/** `--shard 2/5`: the second of five machines that share the work. Counts from one. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

export interface FleetRequest {
  /** Cluster files as the user gave them. */
  readonly files: readonly string[];
  readonly shard: Shard | undefined;
  /** Absolute path of the folder that holds one folder per cluster. */
  readonly out: string;
}

/** What became of one cluster file. */
export interface FleetRow {
  readonly file: string;
  /** Absolute path of its own output folder. */
  readonly out: string;
  readonly seconds: number;
  /** What was made, in a few words; or why nothing was. */
  readonly summary: string;
  readonly failure?: { readonly code: ErrorCode; readonly message: string };
}

export interface FleetResult {
  readonly rows: readonly FleetRow[];
  /** For humans: the table. */
  readonly text: readonly string[];
  /** What to end with where a cluster failed. */
  readonly error: VipisoError | undefined;
}

export interface FleetWork {
  /** The work for one file, into its own folder; returns what was made, in a few words. */
  readonly make: (file: string, out: string) => Promise<string>;
  /** Called with each cluster's row, as soon as it is known. */
  readonly done: (row: FleetRow) => void;
}

/**
 * Does the same work for many cluster files, one after the other: what they share is made once and found in the cache
 * by the rest, and nothing of one stays in memory for the next. A cluster that fails stops none of the others.
 *
 * @throws VipisoError usage: two files would have the same folder, or the shard is empty; interrupted
 */
export async function runFleet(
  host: Pick<Host, 'report' | 'signal' | 'now' | 'cwd'>,
  request: FleetRequest,
  { make, done }: FleetWork,
): Promise<FleetResult> {
  const folders = foldersOf(request.files);
  const chosen = shardOf([...folders.keys()], request.shard);
  const rows: FleetRow[] = [];
  for (const [position, file] of chosen.entries()) {
    host.report({
      type: 'note',
      level: 'info',
      text: `${file} (${position + 1}/${chosen.length})`,
    });
    const row = await oneRow(host, file, path.join(request.out, folders.get(file) ?? ''), make);
    rows.push(row);
    done(row);
  }
  const failed = rows.filter((row) => row.failure !== undefined);
  return { rows, text: table(host, rows), error: fleetError(rows.length, failed) };
}

async function oneRow(
  host: Pick<Host, 'report' | 'signal' | 'now'>,
  file: string,
  out: string,
  make: (file: string, out: string) => Promise<string>,
): Promise<FleetRow> {
  const startedAt = host.now();
  const seconds = (): number => (host.now() - startedAt) / 1000;
  try {
    return { file, out, summary: await make(file, out), seconds: seconds() };
  } catch (error) {
    host.signal.throwIfAborted();
    // A bug is shown with its stack at once: others of the fleet are not worth losing it.
    if (!(error instanceof VipisoError)) throw error;
    const { code, message, details, hint } = error;
    const lines = [`${file}: error[${code}]: ${message}`, ...details.map((line) => `  ${line}`)];
    if (hint !== undefined) lines.push(`  hint: ${hint}`);
    host.report({ type: 'note', level: 'warning', text: lines.join('\n') });
    const failure = { code, message };
    return { file, out, summary: `failed: ${message}`, seconds: seconds(), failure };
  }
}

/** Each file's own folder: `edge.yaml` has `edge`; `paris/cluster.yaml` has `paris`. */
function foldersOf(files: readonly string[]): ReadonlyMap<string, string> {
  const folders = new Map<string, string>();
  for (const file of [...new Set(files)].sort(compareStrings)) {
    const stem = path.basename(file).replace(/\.ya?ml$/, '');
    const folder = stem === 'cluster' ? path.basename(path.dirname(path.resolve(file))) : stem;
    const other = [...folders].find(([, it]) => it === folder)?.[0];
    if (other !== undefined) {
      throw new VipisoError('usage', `${other} and ${file} would both be written to ${folder}/`, {
        hint: 'Give the cluster files, or the folders of files named cluster.yaml, names of their own.',
      });
    }
    folders.set(file, folder);
  }
  return folders;
}

/** Every `count`-th file in the order of names, so that shards take about as long as each other. */
function shardOf(files: readonly string[], shard: Shard | undefined): readonly string[] {
  if (shard === undefined) return files;
  const chosen = files.filter((_, position) => position % shard.count === shard.index - 1);
  if (chosen.length > 0) return chosen;
  throw new VipisoError(
    'usage',
    `shard ${shard.index}/${shard.count} of ${files.length} cluster files is empty`,
  );
}

function table(host: Pick<Host, 'cwd'>, rows: readonly FleetRow[]): readonly string[] {
  const cells = rows.map(({ file, out, seconds, summary, failure }) => [
    failure === undefined ? 'ok' : 'FAILED',
    file,
    failure === undefined ? path.relative(host.cwd, out) || '.' : '-',
    formatDuration(seconds * 1000),
    summary,
  ]);
  const all = [['', 'cluster file', 'folder', 'time', 'result'], ...cells];
  const widths = [0, 1, 2, 3].map((at) => Math.max(...all.map((row) => (row[at] ?? '').length)));
  return all.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Ends with the code of the first failure; the others are in its lines. */
function fleetError(count: number, failed: readonly FleetRow[]): VipisoError | undefined {
  const first = failed[0]?.failure;
  if (first === undefined) return undefined;
  const details = failed.map(({ file, failure }) => `${file}: ${failure?.message ?? ''}`);
  return new VipisoError(first.code, `${failed.length} of ${count} clusters failed`, { details });
}
