/**
 * A run of `fetchLocked` in a process of its own, for tests that kill it.
 * Arguments: lock file, URL of the repository, cache folder. Prints `started` when the fetch begins, `done` at its end.
 */
import { requireLock } from '../../scripts/workflows/lock-file.ts';
import { fetchLocked } from '../../scripts/workflows/fetch.ts';
import { nodeHost } from '../../scripts/host/node-host.ts';

const [lockFile = '', url = '', cacheFolder = ''] = process.argv.slice(2);
const { signal } = new AbortController();
const host = { ...nodeHost({ report: () => undefined, signal }), cacheFolder };
const lock = await requireLock(lockFile);
const repositories = lock.repositories.map(({ name }) => ({ name, tag: undefined, bases: [url] }));
process.stdout.write('started\n');
const find = await fetchLocked(host, { lock, repositories, offline: false });
for (const locked of lock.packages) await find(locked);
process.stdout.write('done\n');
