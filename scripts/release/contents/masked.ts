import type { ClusterModel, SecretModel } from '../../cluster/model.ts';

/** Stands instead of each secret: a word that every file takes. */
const PLACEHOLDER = 'secret';

/** The cluster with a placeholder instead of each secret, so that what is rendered from it can be shown. */
export function maskedCluster(cluster: ClusterModel): ClusterModel {
  return masked(cluster) as ClusterModel;
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  if (isSecret(value)) return { source: value.source, reveal: () => PLACEHOLDER };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner)]));
}

function isSecret(value: object): value is SecretModel {
  return 'reveal' in value && typeof value.reveal === 'function';
}
