import { VipisoError } from '../../../core/errors.ts';
import { commandLines } from '../shell-lines.ts';
import type { AportsScripts } from './aports-scripts.ts';

/** Functions of mkimage's that the plugin calls. */
const CALLED = ['profile_base'];

/** Functions of mkimage's that the plugin puts its own instead of: they must be there, and somebody must call them. */
const OVERRIDDEN = ['syslinux_gen_config', 'grub_gen_config', 'grub_gen_earlyconf'];

/** Variables of a profile without which an image would be another one, or none. */
const VARIABLES = [
  ...['apkovl', 'apks', 'arch', 'grub_mod', 'hostname', 'initfs_features', 'iso_opts'],
  ...['kernel_flavors', 'modloop_sign', 'output_filename', 'output_format'],
];

/** Options that vipiso gives mkimage.sh. */
const OPTIONS = ['--arch', '--outdir', '--profile', '--repository', '--tag', '--workdir'];

/** Lets a run add the keys of /etc/apk/keys to those that mkimage's own root trusts. */
const HOSTKEYS = '--hostkeys';

/**
 * Looks for everything in mkimage's scripts that the plugin and the call of vipiso rely on. Scripts that went another
 * way would end well all the same, with an image that is not what was asked for.
 *
 * @throws VipisoError scripts-unfit, with all that is missing
 */
export function requireInterface(scripts: AportsScripts, source: string): void {
  const lines = scripts.files
    .filter(({ name }) => name === 'mkimage.sh' || /^mkimg\..*\.sh$/.test(name))
    .flatMap(({ content }) => commandLines(content.toString('utf8')));
  const missing = [
    ...[...CALLED, ...OVERRIDDEN]
      .filter((name) => !isDefined(lines, name))
      .map((name) => `the function ${name}`),
    ...OVERRIDDEN.filter((name) => isDefined(lines, name) && !isCalled(lines, name)).map(
      (name) => `a call of the function ${name}`,
    ),
    ...VARIABLES.filter((name) => !isRead(lines, name)).map((name) => `the variable ${name}`),
    ...OPTIONS.filter((name) => !isOption(lines, name)).map((name) => `the option ${name}`),
  ];
  if (missing.length === 0) return;
  throw new VipisoError(
    'scripts-unfit',
    `mkimage's scripts lack what vipiso's profile relies on: ${source}`,
    {
      details: missing.map((what) => `missing: ${what}`),
      hint: 'Name scripts of the branch alpine.branch by --aports, or build with --engine native.',
    },
  );
}

/** Whether mkimage.sh takes `--hostkeys`. */
export function takesHostkeys({ files }: AportsScripts): boolean {
  return files.some(
    ({ name, content }) =>
      name === 'mkimage.sh' && isOption(commandLines(content.toString('utf8')), HOSTKEYS),
  );
}

function isDefined(lines: readonly string[], name: string): boolean {
  return lines.some((line) => new RegExp(`^\\s*${name}\\s*\\(\\)`).test(line));
}

function isCalled(lines: readonly string[], name: string): boolean {
  return lines.some((line) => new RegExp(`(^|[^\\w-])${name}(?![\\w-]|\\s*\\(\\))`).test(line));
}

function isRead(lines: readonly string[], name: string): boolean {
  return lines.some((line) => new RegExp(`\\$(\\{#?)?${name}(?!\\w)`).test(line));
}

/** A pattern of `case`: `--repository)`, maybe one of several. */
function isOption(lines: readonly string[], name: string): boolean {
  return lines.some((line) => new RegExp(`(^|[\\s|])${name}\\s*(\\||\\))`).test(line));
}
