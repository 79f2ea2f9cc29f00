import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Host } from '../../host/host.ts';
import { writeClusterFile } from '../demo/images.ts';
import { Contender, runInTurn } from './measure.ts';
import type { Row } from './table.ts';

const ROUNDS = 5;
const ARCH = 'x86_64';

/** Times what sha256sum takes for the same files: verifying, unpacking into memory and hashing; the start of Node. */
const LIMITS = { lock: 12, fetch: 10, fetchAgain: 6, mirror: 10 } as const;
/** Bytes: a package is verified in one piece, and the lab's largest, its kernel, has 20 MB. */
const PEAK_LIMIT = 160e6;

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

  const laidOut = path.join(scratch, 'mirror');
  const vipisoMirror = vipiso('fetch');
  const hash = new Contender({ argv: ['sha256sum', ...packages] });
  const tar = new Contender({
    argv: ['sh', '-c', 'tar -cf - "$@" | sha256sum', 'sh', ...packages],
  });
  const lock = new Contender(vipiso('lock'), forget);
  const fetch = new Contender(vipiso('fetch'), forget);
  const fetchAgain = new Contender(vipiso('fetch'));
  const mirror = new Contender({
    ...vipisoMirror,
    argv: [...vipisoMirror.argv, '--mirror', laidOut],
  });
  await runInTurn([hash, tar, lock, fetch, fetchAgain, mirror], ROUNDS);

  const hashed: Row = { what: 'sha256sum', cost: hash.cost, bytes };
  const packed: Row = { what: 'tar and sha256sum', cost: tar.cost, bytes };
  const row = (what: string, { cost }: Contender, times: number, of: Row): Row => ({
    what,
    cost,
    bytes,
    limit: { times, of },
    peakLimit: PEAK_LIMIT,
  });
  return [
    hashed,
    row('vipiso lock', lock, LIMITS.lock, hashed),
    row('vipiso fetch', fetch, LIMITS.fetch, hashed),
    row('vipiso fetch, all there', fetchAgain, LIMITS.fetchAgain, hashed),
    packed,
    row('vipiso fetch --mirror', mirror, LIMITS.mirror, packed),
  ];
}
