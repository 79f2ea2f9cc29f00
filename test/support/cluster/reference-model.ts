import path from 'node:path';
import type { ClusterModel, NodeModel } from '../../../scripts/cluster/model.ts';
import { parseCluster } from '../../../scripts/cluster/parse.ts';
import type { ReferenceReader } from '../../../scripts/cluster/references.ts';

/** Names, addresses and the VIP of the reference case: all that its cluster file has to say. */
export const REFERENCE_FILE = `
nodes:
  - hostname: lb-1
    address: 192.168.9.137/24
  - hostname: lb-2
    address: 192.168.9.138/24
vrrp:
  vip: 192.168.9.139
services:
  - backends:
      - { name: k8s-1, address: 192.168.9.130 }
      - { name: k8s-2, address: 192.168.9.131 }
      - { name: k8s-3, address: 192.168.9.132 }
`;

/** A reader of nothing but the named texts: variables as `$NAME`, files by absolute path. */
function readerOf(texts: Readonly<Record<string, string>>): ReferenceReader {
  return {
    readTextFile: (file) => {
      const text = texts[file];
      return text === undefined ? { ok: false, reason: 'no such file' } : { ok: true, text };
    },
    env: (name) => texts[`$${name}`],
  };
}

/** The model of a cluster file that must be right; throws with all its problems otherwise. */
export function modelOf(file: string, texts: Readonly<Record<string, string>> = {}): ClusterModel {
  const result = parseCluster(file, { folder: '/cluster', reader: readerOf(texts) });
  if (result.ok) return result.cluster;
  throw new Error(result.diagnostics.map(({ path, message }) => `${path}: ${message}`).join('\n'));
}

export function nodeOf(cluster: ClusterModel, index = 0): NodeModel {
  const node = cluster.nodes[index];
  if (node === undefined) throw new Error(`The cluster has no node ${index}.`);
  return node;
}

export const TEMPLATES_ROOT = path.resolve(import.meta.dirname, '../../../overlays');
