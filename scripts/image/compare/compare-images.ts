import type { Host } from '../../host/host.ts';
import { requireTools } from '../../host/tools/find-tool.ts';
import { toolsFor } from '../../host/tools/tool-packages.ts';
import { describeIso } from './describe-iso.ts';
import { compareFacts, formatDifferences } from './facts.ts';
import type { Difference } from './facts.ts';
import { packageFileDifferences } from './package-files.ts';

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Files with other bytes but the same content: another packer, or other settings of it. */
  readonly repacked: readonly string[];
  /** For humans. */
  readonly text: readonly string[];
  readonly equal: boolean;
}

const STRUCTURE = 'volume descriptors, path tables, folders or partition tables';

/**
 * Compares two images down to the files inside of their packages, overlays, initramfs, modloop and EFI image.
 *
 * @param a, b absolute paths
 * @throws VipisoError tool-missing, not-found, image-wrong, malformed-index, malformed-archive
 */
export async function compareImages(host: Host, a: string, b: string): Promise<Comparison> {
  requireTools(host, toolsFor('diff'));
  const [first, second] = [await describeIso(host, a), await describeIso(host, b)];
  const shallow = compareFacts(first.facts, second.facts);
  const differences = [...shallow, ...(await packageFileDifferences(a, b, shallow))];
  const repacked = [...first.containers]
    .filter(
      ([name, digest]) => second.containers.has(name) && second.containers.get(name) !== digest,
    )
    .map(([name]) => name);
  const differ = differences.length > 0 || repacked.length > 0;
  const misplaced = !differ && first.structure !== second.structure;
  const text = [
    ...formatDifferences(differences),
    ...(repacked.length === 0 ? [] : ['other bytes:', ...repacked.map((name) => `  ${name}`)]),
    ...(misplaced ? ['other bytes:', `  ${STRUCTURE}`] : []),
  ];
  const equal = text.length === 0;
  return { differences, repacked, text: equal ? ['the images do not differ'] : text, equal };
}
