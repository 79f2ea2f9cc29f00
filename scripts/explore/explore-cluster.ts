import type { ClusterModel } from '../cluster/model.ts';
import { clusterSettings } from './cluster-settings.ts';
import { findingText, timelineOf } from './report/timeline.ts';
import { traceDocument } from './report/trace-document.ts';
import type { TraceDocument } from './report/trace-document.ts';
import { exploreGroup } from './search/explore-group.ts';
import type { ExploreSettings } from './settings.ts';

export interface Exploration {
  readonly depth: number;
  /** Different states of all groups; groups that are one another with other names are explored once. */
  readonly states: number;
  readonly findings: readonly ExplorationFinding[];
}

export interface ExplorationFinding {
  readonly text: string;
  /** One line each. */
  readonly timeline: readonly string[];
  readonly trace: TraceDocument;
}

/** Explores every VRRP group of a cluster to so many faults. */
export function exploreCluster(cluster: ClusterModel, depth: number): Exploration {
  const explored = new Map<string, number>();
  const findings: ExplorationFinding[] = [];
  for (const group of cluster.vrrp.groups) {
    const settings = clusterSettings(group, cluster);
    const shape = shapeOf(settings);
    if (explored.has(shape)) continue;
    const found = exploreGroup(settings, depth);
    explored.set(shape, found.states);
    findings.push(
      ...found.findings.map((finding) => ({
        text: findingText(finding),
        timeline: timelineOf(settings, finding),
        trace: traceDocument(settings, finding),
      })),
    );
  }
  const states = [...explored.values()].reduce((sum, count) => sum + count, 0);
  return { depth, states, findings };
}

/** The same text for groups that differ in names alone: nodes stand by rank. */
function shapeOf(settings: ExploreSettings): string {
  const nodes = settings.nodes.map((node) => ({ ...node, hostname: '' }));
  return JSON.stringify({ ...settings, name: '', nodes });
}
