import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { stringify } from 'yaml';
import type { ClusterModel } from '../../scripts/cluster/model.ts';
import type { Host } from '../../scripts/host/host.ts';
import { nodeHost } from '../../scripts/host/node-host.ts';
import { runTool } from '../../scripts/host/run.ts';
import { buildLab } from '../../scripts/lab/build-lab.ts';
import { withBootedCluster } from '../../scripts/workflows/boot-cluster.ts';
import type { BootedCluster, NodeBoot } from '../../scripts/workflows/boot-cluster.ts';
import { loadCluster } from '../../scripts/workflows/load-cluster.ts';
import { minimalFile } from './cluster-file.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const OUT = path.join(ROOT, 'out');

/** A host for suites, whose parts outlive single tests; silent. */
export function suiteHost(): Host {
  return nodeHost({ report: () => undefined, signal: new AbortController().signal });
}

export interface LabPair {
  readonly cluster: ClusterModel;
  readonly image: (hostname: string) => string;
}

/**
 * Builds the reference case's images with the tool's own command line, from the lab repository.
 *
 * @param name of the folder below out/ that gets cluster file and images
 */
export async function buildLabPair(host: Host, name: string): Promise<LabPair> {
  const lab = await buildLab(host, {
    out: path.join(OUT, 'lab'),
    downloads: path.join(OUT, 'lab-downloads'),
    refresh: false,
  });
  const folder = path.join(OUT, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'cluster.yaml');
  const alpine = { repositories: [lab.repository], keys: lab.keys };
  await writeFile(file, stringify(minimalFile({ rest: { alpine, image: { engine: 'native' } } })));
  await runTool(host, {
    tool: process.execPath,
    args: [
      ...['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
      ...[path.join(ROOT, 'scripts', 'vipiso.ts'), 'build', file, '--out', folder],
    ],
    env: { VIPISO_CACHE: host.cacheFolder, VIPISO_DATA: host.dataFolder },
  });
  const { cluster } = await loadCluster(host, file, { colour: false });
  return { cluster, image: (hostname) => path.join(folder, `${hostname}.iso`) };
}

/** A booted cluster for a suite: opened in `beforeAll`, closed in `afterAll`. */
export interface OpenCluster extends BootedCluster {
  readonly close: () => Promise<void>;
}

export function openCluster(
  host: Host,
  pair: LabPair,
  ways: Readonly<Record<string, Omit<NodeBoot, 'image'>>>,
): Promise<OpenCluster> {
  const boots = new Map(
    Object.entries(ways).map(([hostname, way]) => [
      hostname,
      { image: pair.image(hostname), ...way },
    ]),
  );
  const logs = path.join(OUT, 'test-reports', 'consoles');
  return new Promise((opened, failed) => {
    const whole = withBootedCluster(host, { cluster: pair.cluster, boots, logs }, (booted) => {
      return new Promise<void>((end) => {
        const close = async (): Promise<void> => {
          end();
          await whole;
        };
        opened({ ...booted, close });
      });
    });
    whole.catch(failed);
  });
}
