import path from 'node:path';
import { apkOfBranch } from '../../apk/generation.ts';
import type { ApkGeneration } from '../../apk/generation.ts';
import { ALPINE_BRANCHES, alpineBranch } from '../../cluster/alpine-branches.ts';
import { daemonVersions } from '../../cluster/daemon-versions.ts';
import type { DaemonVersions } from '../../cluster/daemon-versions.ts';
import type { ClusterModel } from '../../cluster/model.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import { clusterInvalid, judgeClusters, judgeOnBranch } from '../../inputs/load-cluster.ts';
import type { JudgedCluster, LoadedCluster } from '../../inputs/load-cluster.ts';
import { renderNode } from '../render-node.ts';
import { treeChanges } from './tree-changes.ts';
import type { FileChange } from './tree-changes.ts';

/** A branch as a cluster file would meet it. */
export interface BranchFacts {
  readonly branch: string;
  readonly support: 'supported' | 'ended' | 'rolling' | 'unknown';
  /** Day (UTC) of the last fixes, where it is known. */
  readonly ends: string | undefined;
  /** Generation of apk-tools and of mkimage's scripts. */
  readonly apk: ApkGeneration;
  readonly daemons: DaemonVersions;
}

/** What a cluster file would mean on another branch. */
export interface BranchOutlook {
  readonly name: string;
  readonly now: BranchFacts;
  readonly then: BranchFacts;
  /** Findings of the rules that come, and that go. */
  readonly appearing: readonly Diagnostic[];
  readonly vanishing: readonly Diagnostic[];
  /** Undefined where errors leave nothing to render. */
  readonly rendered: readonly FileChange[] | undefined;
  /** Repositories that are named by their place, which the branch does not change. */
  readonly unmovedRepositories: readonly string[];
}

export interface BranchCheck {
  readonly outlooks: readonly BranchOutlook[];
  /** What to throw after printing: the files have errors, as they are or on the other branch. */
  readonly error: VipisoError | undefined;
}

/**
 * Judges and renders cluster files as they are and as they would be on another branch. Nothing is changed or fetched:
 * of the other branch's daemons the versions are assumed, as a table has them.
 *
 * @throws VipisoError usage: nothing is known of the branch; cluster-invalid: a file has errors as it is
 */
export async function checkBranch(
  host: Pick<Host, 'cwd' | 'env' | 'packageRoot' | 'now' | 'colour'>,
  names: readonly string[],
  branch: string,
): Promise<BranchCheck> {
  if (alpineBranch(branch) === undefined) {
    throw new VipisoError('usage', `nothing is known of the Alpine branch “${branch}”`, {
      hint: `Known are ${ALPINE_BRANCHES.map(({ name }) => name).join(', ')}.`,
    });
  }
  const judged = await judgeClusters(host, names);
  const good = judged.filter((file) => file.ok);
  if (good.length < judged.length) throw clusterInvalid(judged, host);
  const pairs = good.map((file) => [file, judgeOnBranch(host, file, branch)] as const);
  const outlooks: BranchOutlook[] = [];
  for (const [file, then] of pairs) outlooks.push(await outlookOf(host, file, then, branch));
  const bad = pairs.map(([, then]) => then).filter(({ ok }) => !ok);
  return { outlooks, error: bad.length === 0 ? undefined : clusterInvalid(bad, host) };
}

async function outlookOf(
  host: Pick<Host, 'packageRoot' | 'now'>,
  file: LoadedCluster,
  then: JudgedCluster,
  branch: string,
): Promise<BranchOutlook> {
  const { cluster } = file;
  const later = then.ok ? then.warnings : then.diagnostics;
  const day = new Date(host.now()).toISOString().slice(0, 10);
  const { alpine, daemons } = cluster;
  return {
    name: file.name,
    now: factsOf(alpine.branch, daemons, day),
    then: factsOf(branch, daemonVersions({ branch, arch: alpine.arch }, file.locked), day),
    appearing: missingFrom(file.warnings, later),
    vanishing: missingFrom(later, file.warnings),
    rendered: then.ok ? await renderedChanges(host, cluster, then.cluster) : undefined,
    unmovedRepositories: then.ok ? unmoved(cluster, then.cluster) : [],
  };
}

function factsOf(branch: string, daemons: DaemonVersions, day: string): BranchFacts {
  const known = alpineBranch(branch);
  const ends = known?.ends;
  const released = ends !== undefined && ends <= day ? 'ended' : 'supported';
  const support = known === undefined ? 'unknown' : branch === 'edge' ? 'rolling' : released;
  return { branch, support, ends, apk: apkOfBranch(branch), daemons };
}

/** Those of `wanted` that `there` does not have; the wording may differ, as it names versions. */
function missingFrom(
  there: readonly Diagnostic[],
  wanted: readonly Diagnostic[],
): readonly Diagnostic[] {
  const keys = new Set(there.map(keyOf));
  return wanted.filter((diagnostic) => !keys.has(keyOf(diagnostic)));
}

function keyOf({ severity, code, path: place }: Diagnostic): string {
  return `${severity} ${code} ${place}`;
}

async function renderedChanges(
  host: Pick<Host, 'packageRoot'>,
  now: ClusterModel,
  then: ClusterModel,
): Promise<readonly FileChange[]> {
  const options = { templatesRoot: path.join(host.packageRoot, 'overlays'), release: 'check' };
  const changes: FileChange[] = [];
  for (const [index, node] of now.nodes.entries()) {
    const other = then.nodes[index] ?? node;
    const before = await renderNode(now, node, options);
    const after = await renderNode(then, other, options);
    changes.push(...treeChanges(node.hostname, before, after));
  }
  return changes;
}

function unmoved(now: ClusterModel, then: ClusterModel): readonly string[] {
  if (now.alpine.branch === then.alpine.branch) return [];
  const before = new Set(now.alpine.repositories.flatMap(({ bases }) => bases));
  return then.alpine.repositories.flatMap(({ bases }) => bases.filter((base) => before.has(base)));
}
