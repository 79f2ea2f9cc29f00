import path from 'node:path';
import type { ClusterModel, ImageModel, NodeModel } from '../cluster/model.ts';
import { VipisoError } from '../core/errors.ts';
import { formatBytes } from '../core/format-bytes.ts';
import { withTempFolder } from '../host/fs/temp-folder.ts';
import type { Host } from '../host/host.ts';
import { requireSandbox } from '../host/sandbox/require-sandbox.ts';
import { requireTools } from '../host/tools/find-tool.ts';
import type { LoadedCluster } from '../inputs/load-cluster.ts';
import { renderOverlays } from '../overlay/node-overlays.ts';
import { lockFileOf } from '../packages/lock/lock-file.ts';
import type { PackageFile } from '../packages/package-files.ts';
import { openSources } from '../packages/sources.ts';
import type { SourceFlags } from '../packages/sources.ts';
import { siteKey } from '../packages/trust/site-key.ts';
import { requireBuildSpace } from './build-space.ts';
import { requestsFor } from './cluster-requests.ts';
import { requireAccepted } from './config-test/accept-config.ts';
import { ensureLock } from './ensure-lock.ts';
import { loadAports } from './mkimage/aports/aports.ts';
import { requireAlpine } from './mkimage/builder/host-tools.ts';
import { buildMkimage } from './mkimage/engine.ts';
import { buildNative, NATIVE_TOOLS } from './native/engine.ts';
import { publish } from './publish/publish.ts';
import type { BuiltImage, Published } from './publish/publish.ts';

/** What the flags say of how the images are made, instead of the cluster file. */
export interface EngineFlags {
  readonly name?: ImageModel['engine'] | undefined;
  /** Where mkimage's scripts come from: an absolute path or a URL. */
  readonly aports?: string | undefined;
  /** Whose tools mkimage runs with; absent = the lock's. */
  readonly builder?: 'lock' | 'host' | undefined;
}

export interface BuildRequest {
  /** As the user gave it. */
  readonly clusterFile: string;
  readonly sources: SourceFlags;
  readonly engine: EngineFlags;
  /** Host names; empty = every node. */
  readonly nodes: readonly string[];
  /** Absolute path of the folder that the images go to. */
  readonly out: string;
  /** Absolute path of the private key that signs the images' index, instead of the one that is made at the first need. */
  readonly signingKey?: string | undefined;
  /** Refuses to make a lock where there is none. */
  readonly frozen: boolean;
  /** Leaves out what the images' own programs say of their files; absent = they are asked. */
  readonly noDaemons?: boolean | undefined;
}

export interface BuildResult {
  readonly images: readonly BuiltImage[];
  /** Absolute paths. */
  readonly manifest: string;
  readonly checksums: string;
  /** For humans: what was made, and what to do next. */
  readonly text: readonly string[];
}

/** As `buildImages`, for a cluster file that was read. */
export async function buildLoaded(
  host: Host,
  loaded: LoadedCluster,
  request: Omit<BuildRequest, 'clusterFile'>,
): Promise<BuildResult> {
  const { cluster } = loaded;
  const { out, engine: flags } = request;
  const nodes = chosenNodes(cluster, request.nodes);
  const engine = flags.name ?? cluster.image.engine;
  if (engine === 'native' && flags.builder !== undefined) throw builderUnused();
  if (flags.builder === 'host') requireAlpine(host.systemRoot);
  requireTools(host, engine === 'native' ? NATIVE_TOOLS : ['bwrap']);
  await requireSandbox(host);

  await using sources = openSources(host, cluster, request.sources);
  const about = {
    flag: flags.aports,
    configured: cluster.alpine.aports,
    lockFile: lockFileOf(loaded.file),
  };
  const aports = engine === 'mkimage' ? await loadAports(sources, about) : undefined;
  const { profile, requests } = await requestsFor(host, cluster, engine);
  const locked = await ensureLock(sources, { loaded, requests, aports, frozen: request.frozen });
  await requireBuildSpace(host, locked.lock, { out, nodes: nodes.length, engine });

  const overlays = await renderOverlays(host, cluster, nodes, locked.lock);
  const key = await siteKey(host, request.signingKey);
  const accept = (files: readonly PackageFile[]): Promise<readonly string[]> =>
    requireAccepted(host, {
      ...{ loaded, lock: locked.lock, overlays, files },
      leaveOut: request.noDaemons === true,
    });
  const job = { sources, cluster, profile, locked, siteKey: key, overlays, accept };
  const make = async (temp: string): Promise<Published> => {
    const made =
      aports === undefined
        ? await buildNative(host, job, temp)
        : await buildMkimage(host, { ...job, aports, builder: flags.builder }, temp);
    return await publish(host, { ...made, cluster, engine, locked, siteKey: key }, { temp, out });
  };
  const published = await withTempFolder(host, out, make, { modeOfNear: 0o700 });
  for (const image of published.images) {
    host.report({ type: 'result', name: 'image', data: { ...image } });
  }
  return { ...published, text: summary(host, published) };
}

function builderUnused(): VipisoError {
  return new VipisoError(
    'usage',
    '--builder says where mkimage’s tools come from, and the engine is native',
    {
      hint: 'Leave it out, or build with: --engine mkimage',
    },
  );
}

function chosenNodes(cluster: ClusterModel, names: readonly string[]): readonly NodeModel[] {
  const known = cluster.nodes.map(({ hostname }) => hostname);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new VipisoError('usage', `the cluster has no node ${unknown.join(', ')}`, {
      hint: `Its nodes are: ${known.join(', ')}`,
    });
  }
  return cluster.nodes.filter(({ hostname }) => names.length === 0 || names.includes(hostname));
}

/** `MASTER`, or `MASTER of api, BACKUP of ingress`. */
function rolesText(role: BuiltImage['role'], groups: BuiltImage['groups']): string {
  return groups?.map((group) => `${group.role} of ${group.name}`).join(', ') ?? role;
}

function summary(host: Host, { images, manifest, checksums }: Published): readonly string[] {
  const shown = (file: string): string => path.relative(host.cwd, file) || file;
  return [
    ...images.flatMap(({ node, role, groups, file, size, sha256 }) => [
      `${shown(file)}  ${formatBytes(size)}  (${node}, ${rolesText(role, groups)})`,
      `  SHA-256 ${sha256}`,
    ]),
    `${shown(manifest)}, ${shown(checksums)}`,
    '',
    'Next: attach each image to its virtual machine as a CD (or write it to a disk) and start it.',
  ];
}
