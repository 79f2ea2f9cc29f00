import type { Host } from '../../host/host.ts';
import { toolsFor } from '../../host/tools/tool-packages.ts';
import { toolVersion } from '../../host/tools/tool-version.ts';

/** The image's own medium is written by xorriso: that one is no part of the base. */
const MEDIUM_WRITER = 'xorriso';

/** Version lines of the programs that write parts of the base, by program. */
export async function baseToolVersions(host: Host): Promise<Readonly<Record<string, string>>> {
  const versions: [string, string][] = [];
  const tools = toolsFor('native').filter((tool) => tool !== MEDIUM_WRITER);
  for (const tool of tools) versions.push([tool, await toolVersion(host, tool)]);
  // Node's zlib compresses the index: other versions may write other bytes.
  return Object.fromEntries([...versions, ['zlib', process.versions.zlib]]);
}
