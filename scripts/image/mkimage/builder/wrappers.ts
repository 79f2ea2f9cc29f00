import { REMOVE_MODULES } from '../../modules/remove-modules.ts';

/** Beside the wrappers: the list that that of depmod goes by; without it every module stays. */
export const KEPT_MODULES = 'kept-modules';

/** In front of a module that grub-mkimage is to take where it is there; the wrapper's own option. */
export const IF_THERE = '--if-there=';

/**
 * Programs that stand before the builder root's own in PATH and make what they write independent of the file system
 * and of the order of a folder's entries, and of the release of GRUB. Each calls the next program of its name.
 */
export const WRAPPERS: ReadonlyMap<string, string> = new Map([
  [
    'cpio',
    // mkinitfs leaves the device number of the file system in every header, and the owner that fakeroot lets through.
    wrapper('cpio', 'case " $* " in *" -o "*) exec "$real" --ignore-devno -R 0:0 "$@" ;; esac', [
      'exec "$real" "$@"',
    ]),
  ],
  [
    'grub-mkimage',
    wrapper('grub-mkimage', 'directory=/usr/lib/grub/x86_64-efi', [
      'for word; do',
      '  case "$word" in --directory=*) directory=${word#*=} ;; esac',
      'done',
      'for word; do',
      '  shift',
      '  case "$word" in',
      `    ${IF_THERE}*) word=\${word#*=}; [ -f "$directory/$word.mod" ] || continue ;;`,
      '  esac',
      '  set -- "$@" "$word"',
      'done',
      'exec "$real" "$@"',
    ]),
  ],
  [
    'depmod',
    // The lines of these files stand for themselves; depmod writes them in the order of hashes and folders. The first
    // call is update-kernel's, when the modules are unpacked and nothing has taken one of them yet.
    wrapper('depmod', 'base=/ version= previous=', [
      'for word; do',
      '  case "$previous" in -b) base=$word ;; esac',
      '  case "$word" in -*) ;; *) [ "$previous" = -b ] || version=$word ;; esac',
      '  previous=$word',
      'done',
      `kept=\${0%/*}/${KEPT_MODULES}`,
      'remove() {',
      REMOVE_MODULES,
      '}',
      '[ ! -f "$kept" ] || remove "$base/lib/modules/$version" "$kept"',
      '"$real" "$@"',
      'for name in alias dep devname softdep symbols; do',
      '  file=$base/lib/modules/$version/modules.$name',
      '  [ -f "$file" ] || continue',
      '  { grep "^#" "$file" || :; } > "$file.sorted"',
      '  { grep -v "^#" "$file" || :; } | LC_ALL=C sort >> "$file.sorted"',
      '  cat "$file.sorted" > "$file"',
      '  rm "$file.sorted"',
      'done',
    ]),
  ],
]);

function wrapper(name: string, first: string, rest: readonly string[]): string {
  return ['#!/bin/sh -e', `real=$(PATH=\${PATH#*:} command -v ${name})`, first, ...rest, ''].join(
    '\n',
  );
}
