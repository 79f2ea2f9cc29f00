import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Host } from '../../host/host.ts';
import { shellQuote } from '../../host/process/shell-quote.ts';
import type { NodeOverlay } from '../../overlay/node-overlays.ts';
import { overlayFile } from '../layout.ts';
import { KEPT_MODULES, WRAPPERS } from './builder/wrappers.ts';
import { mkimageArguments, mkimageEnvironment } from './command.ts';
import { hookFile } from './hook.ts';
import type { MkimageInputs } from './inputs.ts';
import { PLUGIN_FILE } from './profile-plugin.ts';
import type { MkimageNode } from './profile-plugin.ts';
import { abuildConf, keyFile, otherKeys, writeLockedRepository } from './run-folder.ts';
import type { RunTexts } from './run-folder.ts';
import { renderTemplate } from './templates.ts';

/** What an Alpine user needs to make the images without vipiso. */
export interface Ejected {
  readonly cluster: string;
  readonly inputs: MkimageInputs;
  readonly nodes: readonly MkimageNode[];
  readonly overlays: readonly NodeOverlay[];
  readonly texts: RunTexts;
  /** Lines of /etc/apk/repositories. */
  readonly repositories: readonly string[];
  /** Text of the lock file. */
  readonly lock: string;
  /** Commit of aports, where it is known. */
  readonly aportsCommit: string | undefined;
}

/** Writes profile, hooks, overlays, keys, packages and a README. @param folder absolute path; must not be there */
export async function writeEjected(
  host: Pick<Host, 'packageRoot'>,
  folder: string,
  ejected: Ejected,
): Promise<void> {
  const { inputs, texts, overlays } = ejected;
  const { signing, publicKeyPem } = inputs.siteKey;
  const files = new Map<string, { content: string | Buffer; mode: number }>([
    [`.mkimage/${PLUGIN_FILE}`, { content: texts.plugin, mode: 0o644 }],
    [`keys/${signing.name}`, { content: publicKeyPem, mode: 0o644 }],
    ['.abuild/abuild.conf', { content: abuildConf(inputs.siteKey), mode: 0o644 }],
    ['repositories', { content: lines(ejected.repositories), mode: 0o644 }],
    ['vipiso.lock.json', { content: ejected.lock, mode: 0o644 }],
    ['README.md', { content: await readme(host, ejected), mode: 0o644 }],
  ]);
  for (const [name, content] of otherKeys(inputs))
    files.set(`keys/${name}`, { content, mode: 0o644 });
  for (const [name, content] of texts.hooks) files.set(name, { content, mode: 0o700 });
  for (const { node, overlay } of overlays) {
    files.set(`overlays/${overlayFile(node.hostname)}`, { content: overlay, mode: 0o600 });
  }
  for (const [name, content] of WRAPPERS) files.set(`bin/${name}`, { content, mode: 0o755 });
  if (texts.keptModules !== undefined) {
    files.set(`bin/${KEPT_MODULES}`, { content: texts.keptModules, mode: 0o644 });
  }
  // Overlays hold secrets.
  await mkdir(folder, { mode: 0o700 });
  for (const [name, { content, mode }] of files) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content, { mode: 0o600 });
    await chmod(file, mode);
  }
  await writeLockedRepository(path.join(folder, 'repository'), inputs);
}

async function readme(host: Pick<Host, 'packageRoot'>, ejected: Ejected): Promise<string> {
  const { inputs, nodes, aportsCommit } = ejected;
  const keyName = inputs.siteKey.signing.name;
  return await renderTemplate(host, 'README.md', {
    cluster: ejected.cluster,
    plugin: PLUGIN_FILE,
    profiles: nodes.map(({ profile }) => `\`${profile}\``).join(', '),
    nodes: nodes.map(({ hostname }) => ({
      hostname,
      hook: hookFile(hostname),
      overlay: `overlays/${overlayFile(hostname)}`,
    })),
    keyName,
    privateKey: keyFile(inputs.siteKey),
    branch: inputs.branch,
    aports: aportsCommit === undefined ? '' : ` (commit ${aportsCommit})`,
    builder: inputs.builderRequests.join(' '),
    command: commandLine(inputs, nodes),
    outputs: nodes.map(({ output }) => `\`out/${output}\``).join(' and '),
  });
}

/** HOME is this folder so that mkimage and abuild find the plugin and the key in it, and no others. */
function commandLine(inputs: MkimageInputs, nodes: readonly MkimageNode[]): string {
  const key = keyFile(inputs.siteKey);
  const environment = Object.entries(mkimageEnvironment(inputs)).map(
    ([name, value]) => `${name}=${shellQuote(value)}`,
  );
  // In mkimage's words, as far as the shell lets them be.
  const places = { out: '$PWD/out', work: '$PWD/work', repository: '$PWD/repository' };
  const args = mkimageArguments(inputs, nodes, places).map((word) =>
    word.startsWith('$PWD/') ? `"${word}"` : shellQuote(word),
  );
  return [
    'umask 022; env',
    'HOME="$PWD" ABUILD_USERDIR="$PWD/.abuild"',
    `PACKAGER_PRIVKEY="$PWD/.abuild/${key}"`,
    'TMPDIR="$PWD/tmp" PATH="$PWD/bin:$PATH" LC_ALL=C TZ=UTC',
    ...environment,
    'sh APORTS/scripts/mkimage.sh',
    ...args,
  ].join(' ');
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
