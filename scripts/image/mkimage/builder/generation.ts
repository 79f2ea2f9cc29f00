import { apkOfVersion } from '../../../apk/generation.ts';
import type { ApkGeneration } from '../../../apk/generation.ts';
import { VipisoError } from '../../../core/errors.ts';
import type { AportsScripts } from '../aports/aports-scripts.ts';
import type { Builder } from '../inputs.ts';
import { commandLines } from '../shell-lines.ts';

/** The branch that has apk 2.14 and may have scripts with the option, which apk 2.14 takes as well. */
const BETWEEN = 'v3.22';

/**
 * mkimage.sh makes a root of its own by `apk add --initdb`. As an ordinary user apk 3 refuses that without
 * `--usermode` (whose older name is `--no-chown`; apk-tools `src/context.c`, apk-add(8)), and scripts for apk 2 do
 * not say it.
 *
 * @throws VipisoError scripts-unfit: scripts and apk are of two generations
 */
export function requireOneGeneration(
  { scripts, source, branch }: { scripts: AportsScripts; source: string; branch: string },
  builder: { readonly from: Builder['from']; readonly apkTools: string | undefined },
): void {
  const written = generationOfScripts(scripts);
  const apk = /^\d/.test(builder.apkTools ?? '') ? apkOfVersion(builder.apkTools ?? '') : undefined;
  if (written === undefined || apk === undefined || written === apk) return;
  if (written === '3' && branch === BETWEEN) return;
  const place = builder.from === 'lock' ? 'the lock' : 'this host';
  throw new VipisoError(
    'scripts-unfit',
    `mkimage's scripts are made for apk-tools ${written}, and ${place} has apk-tools ${builder.apkTools ?? ''}`,
    {
      details: [
        `scripts: ${source}`,
        written === '3'
          ? 'they call `apk add --initdb --no-chown`, as those of v3.23 and later do'
          : 'they call `apk add --initdb` without `--no-chown`, as those of v3.21 and earlier do',
        `apk-tools ${builder.apkTools ?? ''}: of ${place}`,
      ],
      hint: hintFor(branch, builder.from),
    },
  );
}

function hintFor(branch: string, from: Builder['from']): string {
  const scripts = `Take the scripts of alpine.branch (${branch}): leave --aports and alpine.aports out, or name a checkout of that branch`;
  return from === 'lock'
    ? `${scripts}; or set alpine.branch to that of the scripts, and lock again: vipiso lock`
    : `${scripts}; or leave --builder out, and the tools come from locked packages.`;
}

/** @returns undefined where mkimage.sh makes no root by apk */
export function generationOfScripts({ files }: AportsScripts): ApkGeneration | undefined {
  const calls = files
    .filter(({ name }) => name === 'mkimage.sh' || name === 'mkimg.base.sh')
    .flatMap(({ content }) => commandLines(content.toString('utf8')))
    .filter((line) => /(^|\s)--initdb(\s|$)/.test(line));
  if (calls.length === 0) return undefined;
  return calls.every((line) => /(^|\s)--(no-chown|usermode)(\s|$)/.test(line)) ? '3' : '2';
}
