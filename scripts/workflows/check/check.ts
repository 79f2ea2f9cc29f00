import { describeDaemons } from '../../cluster/daemon-versions.ts';
import { formatExpectations } from '../../cluster/expectations/expectations-text.ts';
import { expectationsOf } from '../../cluster/expectations/expectations.ts';
import type { Expectations } from '../../cluster/expectations/expectations.ts';
import { formatDiagnostics } from '../../cluster/findings/diagnostic-frame.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import { checkConfig } from '../../image/config-test/check-config.ts';
import { clusterInvalid, judgeClusters } from '../../inputs/load-cluster.ts';
import type { JudgedCluster } from '../../inputs/load-cluster.ts';
import { checkOverlay } from '../../overlay/check-overlay.ts';

export interface CheckOptions {
  /** Leaves out what the images' own programs say of their files. */
  readonly noDaemons?: boolean | undefined;
}

interface CheckedFile {
  readonly name: string;
  readonly ok: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when the file has errors. */
  readonly expectations: Expectations | undefined;
  /** Why the images' own daemons could not be asked about their files, or not about all; absent = they were. */
  readonly notTested?: readonly string[] | undefined;
}

export interface CheckResult {
  readonly files: readonly CheckedFile[];
  /** For a terminal: the warnings and what to expect of the good files. */
  readonly text: readonly string[];
  /** What to throw after printing: `cluster-invalid` with all errors; absent when every file is good. */
  readonly error: VipisoError | undefined;
}

/**
 * Judges cluster files, each by itself and against the others, has the daemons of their images judge what is rendered
 * from the good ones, where lock and packages are at hand, and says what to expect of them.
 *
 * @throws VipisoError timeout, tool-failed: a daemon hung, crashed or could not be run
 */
export async function checkClusters(
  host: Host,
  names: readonly string[],
  options: CheckOptions = {},
): Promise<CheckResult> {
  const judged: Tested[] = [];
  for (const file of await judgeClusters(host, names))
    judged.push(await tested(host, await withOverlay(host, file), options));
  return {
    files: judged.map(checkedFile),
    text: judged.flatMap((file) => describe(host, file)),
    error: judged.every(({ ok }) => ok) ? undefined : clusterInvalid(judged, host),
  };
}

type Tested = JudgedCluster & { readonly notTested: readonly string[] };

/** The same with what there is to say of the user's own files. */
async function withOverlay(host: Host, judged: JudgedCluster): Promise<JudgedCluster> {
  if (!judged.ok) return judged;
  const found = await checkOverlay(host, judged);
  const all = [...judged.warnings, ...found];
  if (found.every(({ severity }) => severity === 'warning')) return { ...judged, warnings: all };
  const { name, file, text, locked, document } = judged;
  return { ok: false, name, file, text, locked, document, diagnostics: all };
}

async function tested(
  host: Host,
  judged: JudgedCluster,
  { noDaemons }: CheckOptions,
): Promise<Tested> {
  if (!judged.ok) return { ...judged, notTested: [] };
  if (noDaemons === true)
    return { ...judged, notTested: ['CONFIGURATION NOT TESTED: --no-daemons was given'] };
  const checked = await checkConfig(host, judged);
  if (!checked.asked) {
    const { reason, remedy } = checked;
    const text = `the images' daemons did not test their configuration: ${reason}; to have it tested: ${remedy}`;
    return { ...judged, notTested: [text] };
  }
  const { diagnostics, limits } = checked;
  const notTested = limits.map((limit) => `not all was checked: ${limit}`);
  const all = [...judged.warnings, ...diagnostics];
  if (diagnostics.every(({ severity }) => severity === 'warning'))
    return { ...judged, warnings: all, notTested };
  const { name, file, text, locked, document } = judged;
  return { ok: false, name, file, text, locked, document, diagnostics: all, notTested };
}

function checkedFile(judged: Tested): CheckedFile {
  const { name } = judged;
  const notTested = judged.notTested.length > 0 ? judged.notTested : undefined;
  return judged.ok
    ? {
        ...{ name, ok: true, diagnostics: judged.warnings, notTested },
        expectations: expectationsOf(judged.cluster),
      }
    : { name, ok: false, diagnostics: judged.diagnostics, notTested, expectations: undefined };
}

function describe(host: Pick<Host, 'colour'>, judged: Tested): readonly string[] {
  const warnings = judged.ok
    ? judged.warnings
    : judged.diagnostics.filter(({ severity }) => severity === 'warning');
  const frames = formatDiagnostics(warnings, judged, host);
  const spaced = frames.length === 0 ? [] : [...frames, ''];
  if (!judged.ok) return spaced;
  const verdict = `${judged.name}: no errors, ${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}`;
  return [
    ...spaced,
    ...formatExpectations(judged.cluster, expectationsOf(judged.cluster)),
    '',
    `Daemons: ${describeDaemons(judged.cluster.daemons)}`,
    ...judged.notTested.map((text) => `${judged.name}: ${text}`),
    verdict,
  ];
}
