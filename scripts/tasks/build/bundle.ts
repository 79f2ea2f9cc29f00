import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { bundledLicences } from './licences.ts';

/**
 * What starts by itself: the tool, and the agent that `boot` starts in a network namespace. Everything lies in one folder,
 * so `import.meta.dirname` is that folder in each part.
 */
const ENTRIES = { vipiso: 'scripts/vipiso.ts', agent: 'scripts/boot/agent/main.ts' };
const LICENCES_FILE = 'THIRD-PARTY-LICENSES.txt';

/** What the writer of CycloneDX asks for where XML is wanted, which we never do. */
const OPTIONAL = ['xmlbuilder2', 'libxmljs2'];

/** Modules in the old format, such as commander, ask for Node's own by `require`. */
const REQUIRE =
  "import { createRequire as createRequireOf } from 'node:module';\nconst require = createRequireOf(import.meta.url);";

/**
 * Bundles the tool with its dependencies into `folder`, in parts that are loaded when a command needs them. The same
 * sources and dependencies give the same bytes. Source maps hold positions and names of files, no text.
 *
 * @param root the checkout; its types are not checked here
 * @param folder absolute; appears by a rename, in the place of what was there
 */
export function bundleTool(root: string, folder: string): void {
  const fresh = `${folder}.${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: ENTRIES,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.18',
    mainFields: ['module', 'main'],
    external: OPTIONAL,
    outdir: fresh,
    chunkNames: 'part-[hash]',
    banner: { js: REQUIRE },
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'warning',
    metafile: true,
  });
  const licences = bundledLicences(root, Object.keys(metafile.inputs));
  writeFileSync(path.join(fresh, LICENCES_FILE), licences);
  const old = `${fresh}.old`;
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(fresh, folder);
  rmSync(old, { recursive: true, force: true });
}
