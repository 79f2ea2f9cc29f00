import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** `node_modules/@scope/name` or `node_modules/name` at the beginning of a bundled file's path; the innermost counts. */
const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
const LICENCE_FILE = /^(licen[cs]e|copying)([.-]|$)/i;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly repository?: string | { readonly url: string };
}

/**
 * The licences of the packages whose code is in a bundle, as most of them ask for.
 *
 * @param inputs paths of bundled files, relative to `root`
 * @throws Error a package names no licence
 */
export function bundledLicences(root: string, inputs: readonly string[]): string {
  const folders = new Set(inputs.flatMap((input) => PACKAGE.exec(input)?.[0] ?? []));
  const sections = [...folders].sort().map((folder) => {
    const { name, version, license, repository } = JSON.parse(
      readFileSync(path.join(root, folder, 'package.json'), 'utf8'),
    ) as Manifest;
    if (license === undefined) throw new Error(`${folder} is bundled and names no licence`);
    const file = readdirSync(path.join(root, folder))
      .sort()
      .find((it) => LICENCE_FILE.test(it));
    const source = typeof repository === 'string' ? repository : repository?.url;
    const text =
      file === undefined
        ? `The package names its licence and has no text of it: ${source ?? name}`
        : readFileSync(path.join(root, folder, file), 'utf8');
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  return sections.join(`\n${'-'.repeat(78)}\n\n`);
}
