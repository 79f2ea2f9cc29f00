import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { minimalFile } from './cluster-file.ts';

type Mapping = Readonly<Record<string, unknown>>;

/**
 * Writes cluster files side by side into a folder: the reference case with nodes of its own for each name, and what is
 * said of it on top. The cluster `broken` is none.
 *
 * @returns absolute paths
 */
export function writeFleet(
  folder: string,
  clusters: Readonly<Record<string, Mapping>>,
): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return Object.entries(clusters).map(([name, rest], index) => {
    const nodes = [1, 2].map((node) => ({
      hostname: `${name}-${node}`,
      address: `192.168.9.${10 + 2 * index + node}/24`,
    }));
    const file = path.join(folder, `${name}.yaml`);
    const text = stringify(minimalFile({ nodes, rest: { image: { engine: 'native' }, ...rest } }));
    writeFileSync(file, name === 'broken' ? `${text}no_such_key: 1\n` : text);
    return file;
  });
}
