import path from 'node:path';
import { expectationsOf } from '../../cluster/expectations/expectations.ts';
import type { ClusterModel } from '../../cluster/model.ts';
import { withIsoImage } from '../../image/iso9660/iso-image.ts';
import type { Manifest } from '../../image/publish/manifest.ts';
import { renderOverlays } from '../../overlay/node-overlays.ts';
import type { Host } from '../../host/host.ts';
import type { Lockfile } from '../../packages/lock/format/schema.ts';
import type { ReleaseImage, ReleaseManifest } from '../format/manifest.ts';
import { configurationOf } from './configuration.ts';
import { imageFacts } from './image-facts.ts';
import { maskedCluster } from './masked.ts';
import type { DescribedPackage } from './packages.ts';

/** What a release's manifest is made from. */
export interface ManifestSources {
  readonly cluster: ClusterModel;
  readonly lock: Lockfile;
  /** What `build` wrote beside the images. */
  readonly built: Manifest;
  /** Absolute path of the folder with the images. */
  readonly folder: string;
  readonly version: string;
  readonly tool: ReleaseManifest['tool'];
  readonly inputs: Pick<ReleaseManifest['inputs'], 'cluster' | 'lock' | 'files' | 'secrets'>;
  readonly packages: readonly DescribedPackage[];
}

/** The manifest of a release, of which documents are still to be made. */
export async function manifestOf(host: Host, sources: ManifestSources): Promise<ReleaseManifest> {
  const { cluster, lock, built, version, tool, inputs } = sources;
  const { aports } = lock;
  return {
    format: 'vipiso-release',
    schema: 1,
    version,
    cluster: built.cluster,
    sourceDateEpoch: built.sourceDateEpoch,
    tool,
    engine: built.engine,
    profile: built.profile,
    branch: lock.branch,
    arch: lock.arch,
    base: built.base,
    volumeId: built.volumeId,
    inputs: {
      cluster: inputs.cluster,
      lock: inputs.lock,
      lockDigest: built.lock,
      files: inputs.files,
      keys: lock.keys,
      ...(aports !== undefined && {
        aports: {
          sha256: aports.sha256,
          ...(aports.commit !== undefined && { commit: aports.commit }),
        },
      }),
      secrets: inputs.secrets,
    },
    signingKey: built.signingKey,
    ...(lock.untrusted === true && { untrusted: true }),
    ...(built.notTested !== undefined && { notTested: built.notTested }),
    tools: built.tools,
    images: await imagesOf(host, sources),
    ...expectedOf(cluster),
    packages: sources.packages.map(({ locked, record }) => ({
      name: locked.name,
      version: locked.version,
      arch: locked.arch,
      origin: locked.origin,
      repository: locked.repository,
      license: record.license,
      size: locked.size,
      sha256: locked.sha256,
      for: locked.for,
    })),
    documents: [],
  };
}

async function imagesOf(host: Host, sources: ManifestSources): Promise<ReleaseImage[]> {
  const { cluster, lock, version, built, folder } = sources;
  const overlays = await renderOverlays(host, cluster, cluster.nodes, lock, version);
  const masked = await renderOverlays(host, maskedCluster(cluster), cluster.nodes, lock, version);
  const images: ReleaseImage[] = [];
  for (const image of built.images) {
    const file = path.join(folder, image.file);
    const facts = await withIsoImage(file, async (iso) => await imageFacts(iso, image.file));
    const treeIn = (all: typeof overlays) => {
      const own = all.find(({ node }) => node.hostname === image.node);
      if (own === undefined) throw new Error(`no overlay was rendered for ${image.node}`);
      return own.tree;
    };
    images.push({
      ...image,
      kernelArguments: [...facts.kernelArguments],
      packages: Object.fromEntries(facts.packages),
      services: Object.fromEntries(
        Object.entries(facts.services).map(([level, names]) => [level, [...names]]),
      ),
      configuration: configurationOf(treeIn(overlays), treeIn(masked)),
    });
  }
  return images;
}

function expectedOf(cluster: ClusterModel): Pick<ReleaseManifest, 'vrrpGroups' | 'services'> {
  const { groups, backends } = expectationsOf(cluster);
  const portOf = (name: string): number =>
    cluster.services.find((service) => service.name === name)?.port ?? 0;
  return {
    vrrpGroups: groups.map(({ name, vips, nodes, failover }) => ({
      name,
      vips: [...vips],
      nodes: nodes.map((node) => ({
        hostname: node.hostname,
        role: node.role,
        priority: node.priority,
        interface: node.interface,
        addresses: [...node.addresses],
      })),
      failover: {
        nodeDeath: failover.nodeDeath,
        haproxyDeath: failover.haproxyDeath,
        ...(failover.haproxyHang !== undefined && { haproxyHang: failover.haproxyHang }),
        cleanStop: failover.cleanStop,
        alone: failover.alone,
      },
    })),
    services: backends.map(({ service, death, recovery }) => ({
      name: service,
      port: portOf(service),
      ...(death !== undefined && { death }),
      ...(recovery !== undefined && { recovery }),
    })),
  };
}
