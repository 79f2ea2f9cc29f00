import { VipisoError } from '../../core/errors.ts';
import { exploreCluster } from '../../explore/explore-cluster.ts';
import type { Exploration } from '../../explore/explore-cluster.ts';
import type { Host } from '../../host/host.ts';
import { loadCluster } from '../../inputs/load-cluster.ts';

/** More than this takes hours. */
const DEEPEST = 8;

export interface ExploreRequest {
  readonly files: readonly string[];
  readonly depth: number;
}

export interface ExploredFile extends Exploration {
  readonly name: string;
  readonly seconds: number;
}

export interface ExploreResult {
  readonly files: readonly ExploredFile[];
  readonly text: readonly string[];
  /** What to throw after printing: `cluster-invalid` where anything was found. */
  readonly error: VipisoError | undefined;
}

/**
 * Explores what is rendered from cluster files as a state machine: all orders of faults and repairs to a depth.
 *
 * @throws VipisoError usage for a depth that is no number from 1 to 8; cluster-invalid, not-found
 */
export async function exploreFiles(
  host: Host,
  { files, depth }: ExploreRequest,
): Promise<ExploreResult> {
  if (!Number.isInteger(depth) || depth < 1 || depth > DEEPEST)
    throw new VipisoError('usage', `a depth is a whole number from 1 to ${DEEPEST}`);
  const explored: ExploredFile[] = [];
  for (const file of files) {
    const { name, cluster } = await loadCluster(host, file);
    const started = host.now();
    const exploration = exploreCluster(cluster, depth);
    explored.push({ ...exploration, name, seconds: (host.now() - started) / 1000 });
  }
  const found = explored.flatMap(({ findings }) => findings);
  return {
    files: explored,
    text: explored.flatMap(describe),
    error:
      found.length === 0
        ? undefined
        : new VipisoError(
            'cluster-invalid',
            'orders of faults leave the VIP where it must not be',
            {
              details: found.map(({ trace, text }) => `${trace.group}: ${text}`),
              hint: 'To see it happen: vipiso check --explore --json > found.jsonl, then vipiso prove --replay found.jsonl',
            },
          ),
  };
}

function describe({ name, depth, states, seconds, findings }: ExploredFile): readonly string[] {
  const count = states.toLocaleString('en-US');
  const head = `${name}: explored ${count} states in ${seconds.toFixed(1)} s, all orders of up to ${depth} faults and repairs`;
  if (findings.length === 0) return [`${head}: nothing found`];
  return [
    head,
    ...findings.flatMap(({ text, timeline, trace }) => [
      '',
      `[${trace.condition}] ${trace.group}: ${text}`,
      ...timeline,
    ]),
  ];
}
