import type { Diagnostic } from '../../core/diagnostic.ts';
import { step } from '../../core/events.ts';
import type { Host } from '../../host/host.ts';
import type { LoadedCluster } from '../../inputs/load-cluster.ts';
import { withLock } from '../../inputs/locked-daemons.ts';
import { renderOptions } from '../../overlay/node-overlays.ts';
import type { NodeOverlay } from '../../overlay/node-overlays.ts';
import { traceNode } from '../../overlay/origins/trace-node.ts';
import type { TracedNode } from '../../overlay/origins/trace-node.ts';
import { closureOf } from '../../packages/lock/format/closure.ts';
import type { Lockfile } from '../../packages/lock/format/schema.ts';
import { CONFIG_TESTS } from './config-tests.ts';
import { findingsOf } from './findings.ts';
import type { NodeComplaint } from './findings.ts';
import type { ImageRoot } from './image-root.ts';
import { testNode } from './run-tests.ts';
import type { ProgramVerdict } from './run-tests.ts';

export interface ConfigTestRequest {
  readonly loaded: LoadedCluster;
  readonly lock: Lockfile;
  readonly root: ImageRoot;
  readonly overlays: readonly NodeOverlay[];
  /** For each program; absent = long enough for any that is not hung. */
  readonly timeoutMs?: number | undefined;
}

export interface ConfigTestResult {
  /** Of the cluster file; what it ignores is not among them. */
  readonly diagnostics: readonly Diagnostic[];
  /** What could not be looked at on this machine: one sentence each. */
  readonly limits: readonly string[];
}

/**
 * Has the programs of the images judge the files of every node, and finds the places in the cluster file that made what
 * they complain of.
 *
 * @throws VipisoError timeout, tool-failed: a program hung, crashed or could not be run
 */
export async function testConfig(
  host: Host,
  request: ConfigTestRequest,
): Promise<ConfigTestResult> {
  const { overlays } = request;
  const title = 'Testing the configuration with the daemons of the images';
  const results = await step(host.report, { id: 'config-test', title }, () =>
    allOf(overlays.map((overlay) => testOne(host, request, overlay))),
  );
  const { loaded } = request;
  const findings = findingsOf(
    results.flatMap(({ complaints }) => complaints),
    { places: loaded.places, cwd: host.cwd },
  );
  const limits = results.flatMap(({ verdicts }) => verdicts.flatMap((it) => it.limits));
  return { diagnostics: loaded.judge(findings), limits: [...new Set(limits)] };
}

/** As `Promise.all`, but no program runs any more when the first failure is thrown. */
async function allOf<T>(running: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(running);
  return await Promise.all(running);
}

interface NodeResult {
  readonly verdicts: readonly ProgramVerdict[];
  readonly complaints: readonly NodeComplaint[];
}

async function testOne(
  host: Host,
  { loaded, lock, root, timeoutMs }: ConfigTestRequest,
  { node, tree }: NodeOverlay,
): Promise<NodeResult> {
  const cluster = withLock(loaded.cluster, lock);
  // Only a file that is complained of needs to be traced, which takes as long as to render it.
  let tracing: Promise<TracedNode> | undefined;
  const trace = (): Promise<TracedNode> =>
    (tracing ??= traceNode(cluster, node, renderOptions(host, lock)));
  const mask = async (text: string): Promise<string> => withoutSecrets(text, await trace());
  const verdicts = await testNode(host, root, { node, tree }, { timeoutMs, mask });
  const complaints: NodeComplaint[] = [];
  const owner = { cluster, node: cluster.nodes.indexOf(node) };
  for (const { program, complaints: said } of verdicts) {
    const version = versionOf(program, lock);
    const about = { program, version, owner, hostname: node.hostname, tree };
    for (const complaint of said) complaints.push({ ...about, complaint, traced: await trace() });
  }
  return { verdicts, complaints };
}

function withoutSecrets(text: string, { secrets }: TracedNode): string {
  return secrets.reduce((all, secret) => all.replaceAll(secret, '***'), text);
}

/** Upstream's version, without Alpine's release of the package. */
function versionOf(program: string, lock: Lockfile): string | undefined {
  const name = CONFIG_TESTS.find((it) => it.program === program)?.packageName;
  const found = closureOf(lock, 'image').find((it) => it.name === name);
  return found?.version.replace(/-r\d+$/, '');
}
