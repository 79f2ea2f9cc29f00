import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { stringify } from 'yaml';
import { withBootedCluster } from '../../../scripts/boot/boot-cluster.ts';
import type { BootedCluster, NodeBoot } from '../../../scripts/boot/boot-cluster.ts';
import { formatError } from '../../../scripts/cli/format-error.ts';
import type { ClusterModel } from '../../../scripts/cluster/model.ts';
import type { Host } from '../../../scripts/host/host.ts';
import { nodeHost } from '../../../scripts/host/node-host.ts';
import { runTool } from '../../../scripts/host/process/run.ts';
import { loadCluster } from '../../../scripts/inputs/load-cluster.ts';
import { buildLab } from '../../lab/build-lab.ts';
import { minimalFile } from '../cluster/cluster-file.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const OUT = path.join(ROOT, 'out');

/** A host for suites, whose parts outlive single tests; silent. */
export function suiteHost(): Host {
  const host = nodeHost({ report: () => undefined, signal: new AbortController().signal });
  // Figures compare only where every machine emulates alike, and emulation works everywhere.
  return { ...host, env: { ...host.env, VIPISO_ACCELERATOR: 'tcg' } };
}

/** Fails with all that the tool would tell its user: vitest shows an error's message alone. */
export async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Error(formatError(error), { cause: error });
  }
}

export interface LabPair {
  readonly cluster: ClusterModel;
  /** Absolute paths of the cluster file, and of the folder with the images. */
  readonly file: string;
  readonly folder: string;
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
  const { cluster } = await loadCluster(host, file);
  return { cluster, file, folder, image: (hostname) => path.join(folder, `${hostname}.iso`) };
}

const opened: (() => Promise<void>)[] = [];

/** For `afterAll`: switches off whatever `openCluster` switched on, also after a failed `beforeAll`. */
export async function closeClusters(): Promise<void> {
  await Promise.all(opened.splice(0).map((close) => close()));
}

/** Boots a cluster for a suite, whose tests share it. */
export function openCluster(
  host: Host,
  pair: LabPair,
  ways: Readonly<Record<string, Omit<NodeBoot, 'image'>>>,
): Promise<BootedCluster> {
  const boots = new Map(
    Object.entries(ways).map(([hostname, way]) => [
      hostname,
      { image: pair.image(hostname), ...way },
    ]),
  );
  const logs = path.join(OUT, 'test-reports', 'consoles');
  return new Promise((resolve, reject) => {
    const whole = withBootedCluster(host, { cluster: pair.cluster, boots, logs }, (booted) => {
      resolve(booted);
      return new Promise<void>((end) => {
        opened.push(async () => {
          end();
          await whole;
        });
      });
    });
    whole.catch(reject);
  });
}
