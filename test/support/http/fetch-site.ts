import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { parseDependency } from '../../../scripts/apk/dependency.ts';
import { startTool } from '../../../scripts/host/process/start-tool.ts';
import type { RunningTool } from '../../../scripts/host/process/start-tool.ts';
import { requestsFor } from '../../../scripts/image/cluster-requests.ts';
import { loadCluster } from '../../../scripts/inputs/load-cluster.ts';
import { lockClusterFile } from '../../../scripts/workflows/lock.ts';
import type { ApkInput } from '../../lab/apk-writer.ts';
import { writeKeysFolder, writeRepository } from '../apk/alpine-repository.ts';
import type { testKeyPair } from '../apk/apk-builder.ts';
import { minimalFile } from '../cluster/cluster-file.ts';
import { testHost } from '../host/test-host.ts';
import type { TestHost } from '../host/test-host.ts';

/** Path of the packages' repository on a server or mirror. */
export const REPOSITORY = 'v3.24/main';

/** A locked cluster whose packages no cache holds yet. */
export interface FetchSite {
  readonly host: TestHost;
  /** Holds `REPOSITORY`: what a mirror serves. */
  readonly packages: string;
  /** Where `run` keeps its cache. */
  readonly cache: string;
  /** Starts the compiled tool at the site's folder. */
  readonly run: (args: readonly string[], more?: Run) => Promise<ToolRun>;
}

interface Run {
  readonly env?: Readonly<Record<string, string>>;
  /** A program that starts the tool, with its arguments. */
  readonly within?: readonly string[];
}

export interface ToolRun extends RunningTool {
  /** Standard output and standard error, as they come. */
  readonly lines: readonly string[];
}

export interface FetchSiteChanges {
  /** Absent = a folder that goes with the running test. */
  readonly folder?: string;
  /** Parts of the cluster file. */
  readonly alpine?: Readonly<Record<string, unknown>>;
  readonly image?: Readonly<Record<string, unknown>>;
  /** In the place of the package of that name, or beside the others. */
  readonly packages?: readonly (Partial<ApkInput> & { readonly name: string })[];
}

/**
 * @param tool The compiled entry, as `makeToolPackage` gives it.
 * @param size Bytes of random content in each package.
 */
export async function makeFetchSite(
  tool: string,
  keys: ReturnType<typeof testKeyPair>,
  size: number,
  changes: FetchSiteChanges = {},
): Promise<FetchSite> {
  const host = testHost(changes.folder === undefined ? {} : { cwd: changes.folder });
  const at = (name: string): string => path.join(host.folder, name);
  const packages = at('served');
  writeKeysFolder(at('keys'), keys);
  const alpine = { repositories: [`./served/${REPOSITORY}`], keys: 'keys', ...changes.alpine };
  const rest = { alpine, image: { engine: 'native', ...changes.image } };
  writeFileSync(at('cluster.yaml'), stringify(minimalFile({ rest })));
  const { cluster } = await loadCluster(host, 'cluster.yaml');
  const { requests } = await requestsFor(host, cluster);
  const names = Object.values({ ...requests })
    .flat()
    .flatMap((atom) => parseDependency(atom)?.name ?? []);
  const made = changes.packages ?? [];
  const others = [...new Set(names)].filter((name) => !made.some((it) => it.name === name));
  // Random content stays as large as it is when it is compressed.
  const filled = others.map((name) => ({
    name,
    files: [{ path: name, content: randomBytes(size) }],
  }));
  writeRepository(path.join(packages, REPOSITORY), [...filled, ...made], keys);
  await lockClusterFile(host, {
    clusterFile: 'cluster.yaml',
    sources: { offline: true },
    engine: {},
  });
  const cache = at('other-cache');
  const run: FetchSite['run'] = async (args, { env = {}, within = [] } = {}) => {
    const lines: string[] = [];
    const [program = '', ...rest] = [...within, process.execPath, tool, ...args];
    const running = await startTool(host, {
      tool: program,
      args: rest,
      cwd: host.folder,
      env: { VIPISO_CACHE: cache, VIPISO_DATA: host.dataFolder, ...env },
      onLine: (line) => void lines.push(line),
    });
    return { ...running, lines };
  };
  return { host, packages, cache, run };
}
