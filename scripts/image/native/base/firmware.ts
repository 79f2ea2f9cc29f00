import type { Host } from '../../../host/host.ts';
import { runInRoot } from './work-root.ts';
import type { WorkRoot } from './work-root.ts';

/**
 * Runs inside the root, where no link leads out of it. A module may name a pattern, so the names stand unquoted; none
 * of them holds a blank.
 */
const COPY = `
find "/lib/modules/$1" -type f -name '*.ko' -exec modinfo -k "$1" -F firmware {} + | sort -u |
while read -r name; do
	for file in /lib/firmware/$name /lib/firmware/$name.xz /lib/firmware/$name.zst; do
		[ -e "$file" ] || continue
		folder="/lib/modules/firmware/$(dirname "\${file#/lib/firmware/}")"
		mkdir -p "$folder" && cp -R -L "$file" "$folder/" || exit 1
	done
done`;

/** Copies the firmware that the modules name, where the root holds it, to where the modloop carries it. */
export async function copyFirmware(host: Host, work: WorkRoot, version: string): Promise<void> {
  const command = ['sh', '-c', `[ -d /lib/firmware ] || exit 0${COPY}`, 'sh', version] as const;
  await runInRoot(host, work, command, { writeRoot: true });
}
