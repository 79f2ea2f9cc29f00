import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import { sha256 } from '../../core/digest.ts';
import type { Sha256 } from '../../core/digest.ts';
import { step } from '../../core/events.ts';
import type { Host } from '../../host/host.ts';
import type { NodeOverlay } from '../../overlay/node-overlays.ts';
import { auditIso } from '../audit/audit-iso.ts';
import { kernelArguments } from '../kernel-arguments.ts';
import { LAYOUT } from '../layout.ts';
import { digestsOf, nodeFiles } from '../node-files.ts';
import type { BaseInputs } from './base/base-inputs.ts';
import type { Base } from './base/build-base.ts';
import { writeNodeIso } from './write-node-iso.ts';

/** An image in the work folder, opened and found to be right. */
export interface NodeImage {
  readonly node: NodeModel;
  /** Absolute path. */
  readonly file: string;
  /** SHA-256 of the overlay. */
  readonly overlay: Sha256;
}

/** Puts one node's part onto the base, in `folder`, and checks the result. */
export async function buildNode(
  host: Host,
  cluster: ClusterModel,
  { node, overlay }: NodeOverlay,
  about: { readonly base: Base; readonly inputs: BaseInputs; readonly folder: string },
): Promise<NodeImage> {
  const { base, inputs, folder } = about;
  const { image } = cluster;
  const { profile, flavour, epoch } = inputs;
  const { hostname } = node;
  const file = path.join(folder, `${hostname}.iso`);
  await step(
    host.report,
    { id: `image-${hostname}`, title: `Writing ${hostname}.iso` },
    async () => {
      await writeNodeIso(host, base, { node, image, profile, flavour, overlay, epoch }, file);
      const part = { hostname, image, profile, flavour, release: base.release, overlay, epoch };
      await auditIso(file, {
        hostname,
        arch: inputs.arch,
        flavour,
        volumeId: base.release.volumeId,
        markerFolder: base.release.markerFolder,
        epoch,
        packages: inputs.imagePackages,
        siteKey: inputs.siteKey,
        overlay,
        isolinux: await readFile(path.join(base.tree, LAYOUT.isolinux)),
        files: new Map([...base.files, ...digestsOf(nodeFiles(part))]),
        kernelArguments: kernelArguments(image, profile, {
          flavour,
          hostname,
          release: base.release,
        }),
      });
    },
  );
  return { node, file, overlay: sha256(overlay) };
}
