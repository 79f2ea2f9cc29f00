import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { digestOf } from '../../core/digest.ts';
import type { Sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { readDerived, writeDerived } from '../../host/cache/derived-file.ts';
import { withTempFolder } from '../../host/fs/temp-folder.ts';
import type { Host } from '../../host/host.ts';
import { runTool } from '../../host/process/run.ts';
import { findTool } from '../../host/tools/find-tool.ts';
import type { FileTree } from '../../overlay/tree.ts';
import type { SharedInputs } from '../engine.ts';
import { withIsoImage } from '../iso9660/iso-image.ts';
import type { IsoImage } from '../iso9660/iso-image.ts';
import { modloopFile } from '../layout.ts';
import { neededByOverlay, neededByPackages } from '../modules/needed.ts';
import type { NeededModule } from '../modules/needed.ts';
import { selectModules } from '../modules/selection.ts';
import { moduleName } from '../modules/tables.ts';

/** Many modules or many files may be missing at once, for one reason. */
const NAMED = 10;

/**
 * Holds the modules of a finished image against those that were chosen, and against what its packages and its overlay
 * load at boot. Without a choice the image carries what the kernel package has.
 *
 * @throws VipisoError image-wrong, with every finding
 */
export async function auditModules(
  host: Host,
  inputs: SharedInputs,
  image: { readonly file: string; readonly hostname: string; readonly tree: FileTree },
): Promise<void> {
  const selection = await selectModules(host, inputs);
  if (selection === undefined) return;
  // A host that only starts mkimage's sandbox may lack the program: the choice itself is looked at then.
  const carried =
    findTool(host, LISTER) === undefined
      ? selection.kept
      : await withIsoImage(image.file, (it) => modulesOn(host, it, inputs.flavour));
  const needed = [
    ...(await neededByPackages(host, inputs.imagePackages, image.tree)),
    ...neededByOverlay(image.tree),
  ];
  const missing = missingModules(needed, new Set(carried.map(moduleName)), selection.leftOut);
  const differing = differences(selection.kept, carried);
  const findings = [...missing, ...differing];
  if (findings.length === 0) return;
  throw new VipisoError('image-wrong', `the image of ${image.hostname} lacks kernel modules`, {
    details: findings,
    hint:
      missing.length > 0
        ? 'Name them in image.modules of the cluster file, or set it to all.'
        : 'Build again with an empty cache (VIPISO_CACHE=<another folder>); if it stays, report it.',
  });
}

/** What is loaded at boot, is no part of the image, and would be there with image.modules: all. */
export function missingModules(
  needed: readonly NeededModule[],
  carried: ReadonlySet<string>,
  leftOut: readonly string[],
): readonly string[] {
  const out = new Set(leftOut);
  const missing = needed.filter(({ module }) => out.has(module) && !carried.has(module));
  return [...new Set(missing.map(({ by, module }) => `${by} loads ${module}`))];
}

function differences(kept: readonly string[], carried: readonly string[]): readonly string[] {
  const [wanted, found] = [new Set(kept), new Set(carried)];
  return [
    ...kept.filter((it) => !found.has(it)).map((it) => `the modloop lacks ${it}`),
    ...carried.filter((it) => !wanted.has(it)).map((it) => `the modloop holds ${it}`),
  ].slice(0, NAMED);
}

const KIND = 'modloop-lists';
const LISTER = 'unsquashfs';

/** @returns paths below the release's folder, as the modloop has them */
async function modulesOn(host: Host, image: IsoImage, flavour: string): Promise<readonly string[]> {
  const modloop = modloopFile(flavour);
  const key = digestOf({ version: 1, modloop: await image.sha256(modloop) });
  const known = await readDerived(host, KIND, key);
  const text = known?.toString() ?? (await listModloop(host, await image.read(modloop), key));
  return text.split('\n').flatMap((line) => {
    const place = /\/modules\/[^/]+\/(kernel\/.*\.ko)(?:\.[a-z0-9]+)?$/.exec(line)?.[1];
    return place === undefined ? [] : [place];
  });
}

async function listModloop(host: Host, modloop: Buffer, key: Sha256): Promise<string> {
  return await withTempFolder(host, path.join(host.cacheFolder, 'compare'), async (temp) => {
    const file = path.join(temp, 'modloop');
    await writeFile(file, modloop);
    const { stdout } = await runTool(host, { tool: LISTER, args: ['-l', file] });
    await writeDerived(host, KIND, key, Buffer.from(stdout));
    return stdout;
  });
}
