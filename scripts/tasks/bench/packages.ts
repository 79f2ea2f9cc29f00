import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Host } from '../../host/host.ts';
import { writeClusterFile } from '../demo/images.ts';
import { measure } from './measure.ts';
import type { Row } from './table.ts';

const RUNS = 3;
const ARCH = 'x86_64';

/** Times what sha256sum takes for the same files: verifying, unpacking into memory and hashing; the start of Node. */
const LIMITS = { lock: 15, fetch: 15, fetchAgain: 8, mirror: 20 } as const;

/** `lock` and `fetch` with the lab's repository, against sha256sum of its packages; nothing without a lab. */
export async function benchPackages(
  host: Host,
  lab: string,
  tool: string,
  scratch: string,
): Promise<readonly Row[]> {
  const repository = path.join(lab, 'repo', ARCH);
  if (!existsSync(repository)) return [];
  const packages = (await readdir(repository))
    .filter((name) => name.endsWith('.apk'))
    .sort()
    .map((name) => path.join(repository, name));
  const sizes = await Promise.all(packages.map(async (file) => (await stat(file)).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);

  const clusterFile = path.join(scratch, 'cluster', 'cluster.yaml');
  await writeClusterFile(host, clusterFile, lab);
  const cache = path.join(scratch, 'package-cache');
  const forget = (): Promise<void> => rm(cache, { recursive: true, force: true });
  const vipiso = (command: string): { argv: string[]; env: Record<string, string> } => ({
    argv: [process.execPath, tool, command, clusterFile],
    env: { XDG_CACHE_HOME: cache },
  });

  const hash: Row = {
    what: 'sha256sum',
    cost: await measure({ argv: ['sha256sum', ...packages] }, RUNS),
    bytes,
  };
  const tar: Row = {
    what: 'tar and sha256sum',
    cost: await measure(
      { argv: ['sh', '-c', 'tar -cf - "$@" | sha256sum', 'sh', ...packages] },
      RUNS,
    ),
    bytes,
  };
  const mirror = vipiso('fetch');
  const laidOut = path.join(scratch, 'mirror');
  const row = async (
    what: string,
    command: string,
    times: number,
    before?: () => Promise<void>,
  ): Promise<Row> => ({
    what,
    cost: await measure(vipiso(command), RUNS, before),
    bytes,
    limit: { times, of: hash },
  });
  return [
    hash,
    await row('vipiso lock', 'lock', LIMITS.lock, forget),
    await row('vipiso fetch', 'fetch', LIMITS.fetch, forget),
    await row('vipiso fetch, all there', 'fetch', LIMITS.fetchAgain),
    tar,
    {
      what: 'vipiso fetch --mirror',
      cost: await measure({ ...mirror, argv: [...mirror.argv, '--mirror', laidOut] }, RUNS),
      bytes,
      limit: { times: LIMITS.mirror, of: tar },
    },
  ];
}
