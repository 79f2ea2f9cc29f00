import path from 'node:path';
import { VipisoError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import { loadCluster } from '../inputs/load-cluster.ts';
import { describeImages } from '../prove/subject.ts';
import { rolloutOrder } from '../rollout/order.ts';
import type { RolloutOrder } from '../rollout/order.ts';
import { orderText } from '../rollout/order-text.ts';
import type { Platform } from '../rollout/platforms.ts';
import { watchRollout } from '../rollout/watch/watch-rollout.ts';
import type { WatchResult } from '../rollout/watch/watch-rollout.ts';
import { placesOf } from './prove/prove.ts';

export interface RolloutRequest {
  /** Folders of images, as the user gave them: those to come, and those that run. */
  readonly to: string;
  readonly from: string;
  readonly clusterFile?: string | undefined;
  readonly platforms: readonly Platform[];
  readonly watch: boolean;
  /** Milliseconds; see `watch-rollout.ts`. */
  readonly everyMs: number;
  readonly lossMs: number;
  readonly calmMs: number;
}

export interface RolloutResult {
  readonly order: RolloutOrder;
  readonly text: readonly string[];
  /** Absent where nothing was watched. */
  readonly watched: WatchResult | undefined;
}

/**
 * The safe order of a rollout, and the looking on while it is done.
 *
 * @param print is given the order before anything is watched
 * @throws VipisoError not-found, digest-mismatch, cluster-invalid, usage; proof-failed: clients lost answers
 */
export async function rollOut(
  host: Host,
  request: RolloutRequest,
  print: (text: string) => void,
): Promise<RolloutResult> {
  const { clusterFile, folder } = await placesOf(host, {
    what: request.to,
    clusterFile: request.clusterFile,
    out: request.to,
  });
  const { cluster } = await loadCluster(host, clusterFile);
  const { images: from } = await describeImages(cluster, path.resolve(host.cwd, request.from));
  const { images: to } = await describeImages(cluster, folder);
  const order = rolloutOrder(cluster, { from, to });
  const text = orderText(order, request.platforms);
  print(text.join('\n'));
  if (!request.watch || order.steps.length === 0) return { order, text, watched: undefined };
  if (cluster.nodes.length < 2)
    throw new VipisoError('usage', 'a cluster of one node cannot be swapped without an outage');
  const say = (line: string, data: Readonly<Record<string, unknown>>): void => {
    print(line);
    host.report({ type: 'result', name: 'rollout-step', data });
  };
  const { everyMs, lossMs, calmMs } = request;
  const watched = await watchRollout(host, { cluster, order }, { everyMs, lossMs, calmMs, say });
  print(
    `Done: ${watched.failed} of ${watched.sent} requests failed, longest gap ${watched.longestGapMs} ms.`,
  );
  return { order, text, watched };
}
