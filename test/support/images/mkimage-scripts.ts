import { sha256 } from '../../../scripts/core/digest.ts';
import type { AportsScripts } from '../../../scripts/image/mkimage/aports/aports-scripts.ts';

/** How mkimage.sh of some branches goes about what vipiso has to do with. */
export interface ScriptsOf {
  readonly branch: string;
  /** Options of `apk add` beside `--initdb`. */
  readonly initdb: string;
  /** What is set while a profile is built. */
  readonly shell: string;
  /** Whose keys mkimage's own root trusts beside those of `--hostkeys`. */
  readonly keys: 'host' | 'builder';
}

export const SCRIPTS_OF: readonly ScriptsOf[] = [
  { branch: 'v3.19', initdb: '', shell: 'set -e', keys: 'host' },
  { branch: 'v3.21', initdb: '', shell: 'set -eo pipefail', keys: 'builder' },
  { branch: 'v3.24', initdb: ' --no-chown', shell: 'set -eo pipefail', keys: 'builder' },
];

/**
 * Scripts with mkimage's interface and none of its work: they source plugins and call profiles as mkimage does, and an
 * "image" is a text of what the profile set.
 */
function scriptsLike(how: ScriptsOf): { readonly main: string; readonly base: string } {
  return { main: mainScript(how), base: BASE };
}

/** The same, as they are read from a checkout. */
export function aportsLike(how: ScriptsOf, change = (text: string): string => text): AportsScripts {
  const { main, base } = scriptsLike(how);
  const files = Object.entries({ 'mkimage.sh': main, 'mkimg.base.sh': base }).map(
    ([name, text]) => ({ name, executable: true, content: Buffer.from(change(text)) }),
  );
  return { files, sha256: sha256(files.map(({ content }) => content.toString()).join()) };
}

function mainScript({ initdb, shell, keys }: ScriptsOf): string {
  const builderKeys = `mkdir -p "$root/etc/apk/keys"
if [ -n "$hostkeys" ]; then cp "$HOST_KEYS"/* "$root/etc/apk/keys"
else cp "$PACKAGER_PRIVKEY.pub" "$root/etc/apk/keys"; fi`;
  return `#!/bin/sh
# apk add --initdb is what this comment is about.
set -e
load() {
	all_sections="$all_sections $(sed -n -e 's/^section_\\(.*\\)() {$/\\1/p' "$1"/mkimg.*.sh)"
	for f in "$1"/mkimg.*.sh; do . "$f"; done
}
load "$(dirname "$0")"
load "$HOME/.mkimage"
while [ $# -gt 0 ]; do
	opt=$1; shift
	case "$opt" in
	--repository) REPOS=$1; shift ;;
	--workdir) WORKDIR=$1; shift ;;
	--outdir) OUTDIR=$1; shift ;;
	--tag) RELEASE=$1; shift ;;
	--arch) ARCH=$1; shift ;;
	--profile) profiles=$1; shift ;;
	--hostkeys) hostkeys=--hostkeys ;;
	*) exit 1 ;;
	esac
done
root=$WORKDIR/root
mkdir -p "$root/etc/apk"
${keys === 'host' ? 'cp -Pr "$HOST_KEYS" "$root/etc/apk/keys"' : builderKeys}
apk --arch "$ARCH" --root "$root" \\
	add --initdb${initdb}
for PROFILE in $profiles; do
	(${shell}; build_profile) || exit 1
done
`;
}

const BASE = `build_profile() {
	profile_$PROFILE
	case " $arch " in *" $ARCH "*) ;; *) return 0 ;; esac
	for section in $all_sections; do section_$section; done > "$OUTDIR/$output_filename"
}
section_kernels() {
	echo "kernel $kernel_flavors ($initfs_features) signed $modloop_sign"
}
section_apks() {
	echo "apks $apks"
}
section_apkovl() {
	echo "apkovl $apkovl of $hostname"
}
section_syslinux_cfg() {
	syslinux_gen_config
}
section_grub_efi() {
	echo "grub $grub_mod"
	grub_gen_earlyconf
	grub_gen_config
}
section_image() {
	echo "$output_format $iso_opts"
}
syslinux_gen_config() {
	echo "syslinux of mkimage"
}
grub_gen_config() {
	echo "grub of mkimage"
}
grub_gen_earlyconf() {
	echo "early of mkimage"
}
profile_base() {
	kernel_flavors=lts
	initfs_features="ata base"
	apks="alpine-base apk-cron"
	hostname=alpine
}
`;
