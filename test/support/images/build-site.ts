import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { stringify } from 'yaml';
import { generateKeyPair } from '../../../scripts/apk/trust/keys.ts';
import type { ProgressEvent } from '../../../scripts/core/events.ts';
import type { Host } from '../../../scripts/host/host.ts';
import type { BuildRequest, BuildResult } from '../../../scripts/image/build-images.ts';
import { repositoriesFromFlags } from '../../../scripts/packages/repository-flags.ts';
import type { SourceFlags } from '../../../scripts/packages/sources.ts';
import { buildImages } from '../../../scripts/workflows/build.ts';
import { buildLab } from '../../lab/build-lab.ts';
import { minimalFile } from '../cluster/cluster-file.ts';
import { testHost } from '../host/test-host.ts';
import type { TestHost } from '../host/test-host.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** Where packages come from: what `--repository` and `--keys` name. */
export interface PackageSource {
  readonly name: string;
  readonly repository: string;
  readonly keys: string;
}

export async function labSource(host: Host): Promise<PackageSource> {
  const { repository, keys } = await buildLab(host, {
    out: path.join(ROOT, 'out/lab'),
    downloads: path.join(ROOT, 'out/lab-downloads'),
    refresh: false,
  });
  return { name: 'lab', repository, keys };
}

/** Alpine's own packages, where the environment names a folder of them. */
export function alpineSource(): PackageSource | undefined {
  const { VIPISO_REPOSITORY: repository, VIPISO_KEYS: keys } = process.env;
  return repository && keys ? { name: 'alpine', repository, keys } : undefined;
}

/** The flags that name it. */
export function sourceFlags({ repository, keys }: PackageSource): SourceFlags {
  return {
    repositories: repositoriesFromFlags({ cwd: '/' }, [repository]),
    keysFolder: keys,
    offline: false,
  };
}

/** A folder with a cluster file, and a host that has caches and keys of its own. */
export interface Site {
  readonly folder: string;
  readonly host: TestHost;
  readonly out: string;
  readonly build: (
    changes?: Partial<BuildRequest>,
    sources?: Partial<SourceFlags>,
  ) => Promise<BuildResult>;
  /** Writes the cluster file again; `rest` goes into it as it is. */
  readonly configure: (rest: Record<string, unknown>) => Promise<void>;
}

export async function makeSite(
  source: PackageSource,
  folder: string,
  changes: Partial<Host> = {},
): Promise<Site> {
  const host = testHost({ cwd: folder, ...changes });
  const out = path.join(folder, 'out');
  const configure = async (rest: Record<string, unknown>): Promise<void> => {
    await mkdir(folder, { recursive: true });
    const text = stringify(minimalFile({ rest: { image: { engine: 'native' }, ...rest } }));
    await writeFile(path.join(folder, 'cluster.yaml'), text);
  };
  await configure({});
  await seedKey(host.dataFolder);
  const request: BuildRequest = {
    clusterFile: 'cluster.yaml',
    nodes: [],
    out,
    engine: {},
    sources: sourceFlags(source),
    frozen: false,
  };
  return {
    folder,
    host,
    out,
    configure,
    build: (changes, sources) =>
      buildImages(host, { ...request, sources: { ...request.sources, ...sources }, ...changes }),
  };
}

/** Gives a site its signing key: making one of full size takes seconds on a busy machine. */
async function seedKey(dataFolder: string): Promise<void> {
  const keys = path.join(dataFolder, 'keys');
  if ((await filesBelow(keys)).length > 0) return;
  const { signing } = generateKeyPair('vipiso', 2048);
  await mkdir(keys, { recursive: true });
  const file = path.join(keys, path.parse(signing.name).name);
  await writeFile(file, signing.privateKeyPem, { mode: 0o600 });
}

/** A folder that lives as long as the suite that is being declared: too late from a hook or a test. */
export function suiteFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'vipiso-build-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Titles of the steps that did work, not those that found it done. */
export function workDone(events: readonly ProgressEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'step-end' && event.outcome === 'done' ? [event.id] : [],
  );
}

/** Everything below a folder, relative to it, sorted; empty for one that is not there. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  return entries.sort();
}
