import path from 'node:path';
import type { ClusterModel, ImageFormat, ImageModel, NodeModel } from '../cluster/model.ts';
import { imageFormats } from '../cluster/values/image-formats.ts';
import { VipisoError } from '../core/errors.ts';
import { step } from '../core/events.ts';
import { formatBytes } from '../core/format-bytes.ts';
import { withTempFolder } from '../host/fs/temp-folder.ts';
import type { Host } from '../host/host.ts';
import { requireSandbox } from '../host/sandbox/require-sandbox.ts';
import { requireTools } from '../host/tools/find-tool.ts';
import { toolVersion } from '../host/tools/tool-version.ts';
import { toolsFor } from '../host/tools/tool-packages.ts';
import type { LoadedCluster } from '../inputs/load-cluster.ts';
import { renderOverlays } from '../overlay/node-overlays.ts';
import { lockFileOf } from '../packages/lock/lock-file.ts';
import type { PackageFile } from '../packages/package-files.ts';
import { openSources } from '../packages/sources.ts';
import type { PackageSources, SourceFlags } from '../packages/sources.ts';
import { siteKey } from '../packages/trust/site-key.ts';
import { auditModules } from './audit/audit-modules.ts';
import type { SiteKey } from '../packages/trust/site-key.ts';
import { auditNodeImage } from './audit/audit-node-image.ts';
import { requireBuildSpace } from './build-space.ts';
import { requestsFor } from './cluster-requests.ts';
import { requireAccepted } from './config-test/accept-config.ts';
import { makeDisks } from './disk/make-disks.ts';
import { ensureLock } from './ensure-lock.ts';
import type { Engine, EngineFlags, EngineJob, EngineResult } from './engine.ts';
import { loadAports } from './mkimage/aports/aports.ts';
import type { Aports } from './mkimage/aports/aports.ts';
import { requireAlpine } from './mkimage/builder/host-tools.ts';
import { MKIMAGE_ENGINE } from './mkimage/engine.ts';
import { NATIVE_ENGINE } from './native/engine.ts';
import { publish } from './publish/publish.ts';
import type { BuiltImage, Published } from './publish/publish.ts';

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
  /** The same, for who has it at hand. */
  readonly siteKey?: SiteKey | undefined;
  /** Refuses to make a lock where there is none. */
  readonly frozen: boolean;
  /** Leaves out what the images' own programs say of their files; absent = they are asked. */
  readonly noDaemons?: boolean | undefined;
  /** Instead of the cluster file's; the ISO is always made. */
  readonly formats?: readonly ImageFormat[] | undefined;
  /** Of the release that the images are made for: they show it. */
  readonly version?: string | undefined;
}

export interface BuildResult {
  readonly images: readonly BuiltImage[];
  /** Absolute paths. */
  readonly manifest: string;
  readonly checksums: string;
  /** For humans: what was made, and what to do next. */
  readonly text: readonly string[];
}

/**
 * As `buildImages`, for a cluster file that was read.
 *
 * @throws VipisoError usage: --builder with the native engine; what locking, fetching and the engine throw
 */
export async function buildLoaded(
  host: Host,
  loaded: LoadedCluster,
  request: Omit<BuildRequest, 'clusterFile'>,
): Promise<BuildResult> {
  const { cluster } = loaded;
  const { out, engine: flags } = request;
  const nodes = chosenNodes(cluster, request.nodes);
  const name = flags.name ?? cluster.image.engine;
  if (name === 'native' && flags.builder !== undefined) throw builderUnused();
  if (flags.builder === 'host') requireAlpine(host.systemRoot);
  const engine = ENGINES[name];
  const formats = imageFormats(request.formats ?? cluster.image.formats);
  const isIsoAlone = formats.every((format) => format === 'iso');
  requireTools(host, [...engine.tools, ...(isIsoAlone ? [] : toolsFor('disk'))]);
  await requireSandbox(host);

  await using sources = openSources(host, cluster, request.sources);
  const aports = name === 'mkimage' ? await buildAports(sources, loaded, flags) : undefined;
  const { profile, requests } = await requestsFor(host, cluster, name);
  const locked = await ensureLock(sources, { loaded, requests, aports, frozen: request.frozen });
  await requireBuildSpace(host, locked.lock, { out, nodes: nodes.length, engine: name });
  const overlays = await renderOverlays(host, cluster, nodes, locked.lock, request.version);
  const key = request.siteKey ?? (await siteKey(host, request.signingKey));
  const accept = (files: readonly PackageFile[]): Promise<readonly string[]> =>
    requireAccepted(host, {
      ...{ loaded, lock: locked.lock, overlays, files },
      leaveOut: request.noDaemons === true,
    });
  const about = { sources, cluster, profile, locked, siteKey: key, overlays, accept };
  const job: EngineJob = { ...about, aports, builder: flags.builder };
  const { version } = request;
  const published = await withTempFolder(
    host,
    out,
    async (temp) =>
      await engine.build(host, job, temp, async (made) => {
        await auditImages(host, cluster.image, made);
        const disks = await makeDisks(host, made, { cluster, formats, folder: temp });
        const tools = isIsoAlone
          ? made.tools
          : { ...made.tools, 'qemu-img': await toolVersion(host, 'qemu-img') };
        const output = {
          ...made,
          tools,
          disks,
          cluster,
          engine: name,
          locked,
          siteKey: key,
          version,
        };
        return await publish(host, output, { temp, out });
      }),
    { modeOfNear: 0o700 },
  );
  for (const image of published.images) {
    host.report({ type: 'result', name: 'image', data: { ...image } });
  }
  return { ...published, text: summary(host, published) };
}

const ENGINES: Readonly<Record<ImageModel['engine'], Engine>> = {
  native: NATIVE_ENGINE,
  mkimage: MKIMAGE_ENGINE,
};

async function buildAports(
  sources: PackageSources,
  { cluster, file }: LoadedCluster,
  { aports: flag }: EngineFlags,
): Promise<Aports> {
  const configured = cluster.alpine.aports;
  return await loadAports(sources, { flag, configured, lockFile: await lockFileOf(file) });
}

/** No image of any engine gets out unseen. */
async function auditImages(host: Host, image: ImageModel, made: EngineResult): Promise<void> {
  await step(host.report, { id: 'audit', title: 'Opening the images' }, async () => {
    for (const each of made.images) {
      await auditNodeImage(image, made, each);
      const { file, tree, node } = each;
      await auditModules(host, made.inputs, { file, tree, hostname: node.hostname });
    }
  });
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
    ...images.flatMap(({ node, role, groups, file, size, sha256, disks }) => [
      `${shown(file)}  ${formatBytes(size)}  (${node}, ${rolesText(role, groups)})`,
      `  SHA-256 ${sha256}`,
      ...disks.flatMap((disk) => [
        `${shown(disk.file)}  ${formatBytes(disk.size)}`,
        `  SHA-256 ${disk.sha256}`,
      ]),
    ]),
    `${shown(manifest)}, ${shown(checksums)}`,
    '',
    'Next: attach each image to its virtual machine as a CD (or write it to a disk) and start it.',
  ];
}
