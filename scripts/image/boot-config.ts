import type { ImageModel } from '../cluster/model.ts';
import { initramfsFile, kernelFile, overlayInitramfsFile } from './layout.ts';
import type { Profile } from './profile.ts';
import type { ReleaseId } from './release-id.ts';

/** One bootable kernel, as both boot loaders are told. */
export interface BootEntry {
  readonly flavour: string;
  readonly release: ReleaseId;
  readonly arguments: readonly string[];
  readonly serialConsole: ImageModel['serialConsole'];
  readonly profile: Profile;
}

/** SYSLINUX's configuration, in the form mkimage gives it (syslinux.cfg, BIOS). */
export function syslinuxConfig(entry: BootEntry): string {
  const { flavour, profile } = entry;
  const initrds = initramfsFiles(entry).map((file) => `/${file}`);
  return lines([
    ...serialLine(entry),
    `TIMEOUT ${profile.bootloader.timeout}`,
    'PROMPT 1',
    `DEFAULT ${flavour}`,
    '',
    `LABEL ${flavour}`,
    `\tMENU LABEL Linux ${flavour}`,
    `\tKERNEL /${kernelFile(flavour)}`,
    `\tINITRD ${initrds.join(',')}`,
    `\tAPPEND ${entry.arguments.join(' ')}`,
  ]);
}

/** SYSLINUX can drive the four ports a PC's BIOS knows: ttyS0 to ttyS3. */
function serialLine({ serialConsole }: BootEntry): readonly string[] {
  const port = /^ttyS([0-3])$/.exec(serialConsole?.device ?? '')?.[1];
  return port === undefined ? [] : [`SERIAL ${port} ${serialConsole?.baud ?? ''}`];
}

/** GRUB's configuration on the medium (grub.cfg, UEFI). */
export function grubConfig(entry: BootEntry): string {
  const { flavour, profile } = entry;
  const initrds = initramfsFiles(entry).map((file) => `/${file}`);
  return lines([
    `set timeout=${Math.ceil(profile.bootloader.timeout / 10)}`,
    '',
    `menuentry "Linux ${flavour}" {`,
    `\tlinux\t/${kernelFile(flavour)} ${entry.arguments.map(grubWord).join(' ')}`,
    `\tinitrd\t${initrds.join(' ')}`,
    '}',
  ]);
}

/** The part of GRUB's configuration inside its EFI image: how to find the medium. */
export function grubEarlyConfig({ volumeId }: ReleaseId): string {
  return lines([
    // The firmware names the device that GRUB came from, which on a disk is a partition of the one that is wanted. Where
    // it names none, every word still has a letter: the parser of this stage drops empty ones, and their commands complain.
    `regexp --set=1:boot_disk '^x\\(?([^,)]*)' "x$cmdpath"`,
    `search --no-floppy --set=root --label "${volumeId}" --hint="$boot_disk"`,
    'set prefix=($root)/boot/grub',
  ]);
}

function initramfsFiles({ flavour, release }: BootEntry): readonly string[] {
  return [initramfsFile(flavour), overlayInitramfsFile(release.markerFolder)];
}

/** GRUB's shell would expand or split these; a word of printable ASCII without quotes is safe in single quotes. */
export function grubWord(word: string): string {
  if (/^[\w.,:=/@%+-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
