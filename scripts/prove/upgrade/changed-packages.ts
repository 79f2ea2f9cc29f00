import { withIsoImage } from '../../image/iso9660/iso-image.ts';
import { mediumPackages } from '../../image/medium-packages.ts';
import type { UpgradeProof } from '../certificate/document.ts';
import type { TrialPlan } from '../trial/run-trial.ts';

/** Packages on the first node's images whose versions differ, by name; one that is missing has the version `none`. */
export async function changedPackages(
  from: TrialPlan['images'],
  to: TrialPlan['images'],
): Promise<UpgradeProof['packages']> {
  const older = await packagesOn(from[0]?.path);
  const newer = await packagesOn(to[0]?.path);
  return [...new Set([...older.keys(), ...newer.keys()])].sort().flatMap((name) => {
    const versions = { from: older.get(name) ?? 'none', to: newer.get(name) ?? 'none' };
    return versions.from === versions.to ? [] : [{ name, ...versions }];
  });
}

async function packagesOn(image: string | undefined): Promise<ReadonlyMap<string, string>> {
  if (image === undefined) return new Map();
  return await withIsoImage(image, async (iso) => await mediumPackages(iso, image));
}
