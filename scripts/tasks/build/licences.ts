import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** `node_modules/@scope/name` or `node_modules/name` at the beginning of a bundled file's path; the innermost counts. */
const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
const LICENCE_FILE = /^(licen[cs]e|copying)([.-]|$)/i;

/**
 * The licences of the packages whose code is in a bundle, as most of them ask for.
 *
 * @param inputs paths of bundled files, relative to `root`
 * @throws Error a package has no licence file
 */
export function bundledLicences(root: string, inputs: readonly string[]): string {
  const folders = new Set(inputs.flatMap((input) => PACKAGE.exec(input)?.[0] ?? []));
  const sections = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(path.join(root, folder, 'package.json'), 'utf8'),
    ) as { name: string; version: string; license: string };
    const file = readdirSync(path.join(root, folder))
      .sort()
      .find((it) => LICENCE_FILE.test(it));
    if (file === undefined) throw new Error(`${folder} is bundled and has no licence file`);
    const text = readFileSync(path.join(root, folder, file), 'utf8');
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  return sections.join(`\n${'-'.repeat(78)}\n\n`);
}
