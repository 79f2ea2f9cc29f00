import type { ModuleSelection } from './selection.ts';

/**
 * Commands of sh, for either engine: removes the modules below the folder `$1` that the file `$2` does not name, and the
 * folders that are empty then. BusyBox has all of it.
 */
export const REMOVE_MODULES = `
	find "$1/kernel" -type f -name '*.ko*' |
		sed -e "s|^$1/||" |
		{ grep -v -x -F -f "$2" || :; } |
		sed -e "s|^|$1/|" |
		xargs -r rm -f
	find "$1/kernel" -depth -type d -exec rmdir {} + 2>/dev/null || :
`;

/** The file `$2`: a path below the release's folder per line. The modules are unpacked by then. */
export function keptText({ kept }: Pick<ModuleSelection, 'kept'>): string {
  return kept.map((path) => `${path}\n`).join('');
}
