import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { parseDependency } from '../../../scripts/apk/dependency.ts';
import { requestsFor } from '../../../scripts/image/cluster-requests.ts';
import { loadCluster } from '../../../scripts/inputs/load-cluster.ts';
import { lockClusterFile } from '../../../scripts/workflows/lock.ts';
import { minimalFile } from '../cluster/cluster-file.ts';
import { testHost } from '../host/test-host.ts';
import type { TestHost } from '../host/test-host.ts';
import { writeKeysFolder, writeRepository } from './alpine-repository.ts';
import { testKeyPair } from './apk-builder.ts';

const keys = testKeyPair();

/** A cluster file with one repository of empty packages beside it. */
export interface BranchSite {
  readonly host: TestHost;
  /** Writes the cluster file: `alpine.branch` as given, none for the default. */
  readonly write: (branch: string | undefined) => void;
  /** Puts packages into the repository, all that the images ask for among them. */
  readonly publish: (release: string, description?: string) => Promise<void>;
  readonly lock: () => Promise<unknown>;
  readonly lockFile: string;
  readonly warnings: () => readonly string[];
}

/** @param name of the repository's folder, and so of the repository */
export function branchSite(name = 'site'): BranchSite {
  const host = testHost();
  const at = (place: string): string => path.join(host.folder, place);
  writeKeysFolder(at('keys'), keys);
  const write = (branch: string | undefined): void => {
    const alpine = {
      ...(branch !== undefined && { branch }),
      repositories: [`./${name}`],
      keys: 'keys',
    };
    writeFileSync(
      at('cluster.yaml'),
      stringify(minimalFile({ rest: { alpine, image: { engine: 'native' } } })),
    );
  };
  const publish = async (release: string, description = 'test'): Promise<void> => {
    const { cluster } = await loadCluster(host, 'cluster.yaml');
    const { requests } = await requestsFor(host, cluster);
    const atoms = Object.values({ ...requests }).flat();
    const wanted = new Set(atoms.flatMap((atom) => parseDependency(atom)?.name ?? []));
    const packages = [...wanted, 'alpine-base'].map((it) =>
      it === 'alpine-base' ? { name: it, version: release } : { name: it },
    );
    const unique = [...new Map(packages.map((it) => [it.name, it])).values()];
    writeRepository(at(name), unique, keys, description);
  };
  return {
    host,
    write,
    publish,
    lock: () =>
      lockClusterFile(host, {
        clusterFile: 'cluster.yaml',
        sources: { offline: true },
        engine: {},
      }),
    lockFile: at('vipiso.lock.json'),
    warnings: () =>
      host.events.flatMap((it) => (it.type === 'note' && it.level === 'warning' ? [it.text] : [])),
  };
}
