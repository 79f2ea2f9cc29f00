import path from 'node:path';
import { VipisoError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import { requireTools } from '../host/tools/find-tool.ts';
import { describeIso } from '../image/compare/describe-iso.ts';
import { compareFacts, formatDifferences } from '../image/compare/facts.ts';
import type { Difference } from '../image/compare/facts.ts';

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Files with other bytes but the same content: another packer, or other settings of it. */
  readonly repacked: readonly string[];
  /** For humans. */
  readonly text: readonly string[];
  /** What to end with where the images differ. */
  readonly error: VipisoError | undefined;
}

const STRUCTURE = 'volume descriptors, path tables, folders or partition tables';

/** Compares two images by meaning. @param a, b absolute paths */
export async function compareImages(host: Host, a: string, b: string): Promise<Comparison> {
  requireTools(host, ['unsquashfs']);
  const [first, second] = [await describeIso(host, a), await describeIso(host, b)];
  const differences = compareFacts(first.facts, second.facts);
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
  return {
    differences,
    repacked,
    text: text.length === 0 ? ['the images do not differ'] : text,
    error:
      text.length === 0
        ? undefined
        : new VipisoError(
            'images-differ',
            `${shown(host, a)} and ${shown(host, b)} differ in ${differences.length} things`,
          ),
  };
}

function shown({ cwd }: Host, file: string): string {
  return path.relative(cwd, file) || file;
}
