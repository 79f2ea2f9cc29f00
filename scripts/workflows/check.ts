import { describeDaemons } from '../cluster/daemon-versions.ts';
import { formatDiagnostics } from '../cluster/diagnostic-frame.ts';
import { formatExpectations } from '../cluster/expectations-text.ts';
import { expectationsOf } from '../cluster/expectations.ts';
import type { Expectations } from '../cluster/expectations.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { VipisoError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import { clusterInvalid, judgeClusters } from './load-cluster.ts';
import type { JudgedCluster } from './load-cluster.ts';

interface CheckedFile {
  readonly name: string;
  readonly ok: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when the file has errors. */
  readonly expectations: Expectations | undefined;
}

export interface CheckResult {
  readonly files: readonly CheckedFile[];
  /** For a terminal: the warnings and what to expect of the good files. */
  readonly text: readonly string[];
  /** What to throw after printing: `cluster-invalid` with all errors; absent when every file is good. */
  readonly error: VipisoError | undefined;
  /** The good files, for checks that go on (the daemons' own). */
  readonly clusters: readonly Extract<JudgedCluster, { ok: true }>[];
}

/** Judges cluster files, each by itself and against the others, and says what to expect of the good ones. */
export async function checkClusters(
  host: Pick<Host, 'cwd' | 'env'>,
  names: readonly string[],
  options: { readonly colour: boolean },
): Promise<CheckResult> {
  const judged = await judgeClusters(host, names);
  return {
    files: judged.map(checkedFile),
    text: judged.flatMap((file) => describe(file, options)),
    error: judged.every(({ ok }) => ok) ? undefined : clusterInvalid(judged, options),
    clusters: judged.filter((file) => file.ok),
  };
}

function checkedFile(judged: JudgedCluster): CheckedFile {
  const { name } = judged;
  return judged.ok
    ? { name, ok: true, diagnostics: judged.warnings, expectations: expectationsOf(judged.cluster) }
    : { name, ok: false, diagnostics: judged.diagnostics, expectations: undefined };
}

function describe(judged: JudgedCluster, options: { readonly colour: boolean }): readonly string[] {
  const warnings = judged.ok
    ? judged.warnings
    : judged.diagnostics.filter(({ severity }) => severity === 'warning');
  const frames = formatDiagnostics(warnings, judged, options);
  const spaced = frames.length === 0 ? [] : [...frames, ''];
  if (!judged.ok) return spaced;
  const verdict = `${judged.name}: no errors, ${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}`;
  return [
    ...spaced,
    ...formatExpectations(judged.cluster, expectationsOf(judged.cluster)),
    '',
    `Daemons: ${describeDaemons(judged.cluster.daemons)}`,
    verdict,
  ];
}
