import pMap from 'p-map';
import { step } from '../core/events.ts';
import { formatBytes } from '../core/format-bytes.ts';
import type { Host } from '../host/host.ts';
import type { FetchedPackage } from './fetch-package.ts';

/** Downloads at the same time: enough to fill a line, few enough for a mirror's manners. */
const CONCURRENCY = 4;

/** Brings many packages into the store as one step whose progress counts bytes. Results keep the order. */
export async function fetchAll<T extends { readonly size: number }>(
  host: Host,
  title: string,
  packages: readonly T[],
  fetchOne: (item: T, onProgress: (bytes: number) => void) => Promise<FetchedPackage>,
): Promise<readonly FetchedPackage[]> {
  const total = packages.reduce((sum, { size }) => sum + size, 0);
  const work = async (progress: (done: number) => void): Promise<readonly FetchedPackage[]> => {
    const done = packages.map(() => 0);
    let sum = 0;
    return await mapUntilFailure(packages, async (item, position) => {
      return await fetchOne(item, (bytes) => {
        sum += bytes - (done[position] ?? 0);
        done[position] = bytes;
        progress(sum);
      });
    });
  };
  return await step(host.report, { id: 'fetch', title, total, unit: 'bytes' }, work, (results) => ({
    outcome: results.some(({ fetched }) => fetched) ? 'done' : 'cached',
    summary: `${packages.length} packages, ${formatBytes(total)}`,
  }));
}

/**
 * After a failure nothing new is begun. When all that was under way has ended, the failure of the first item in order is
 * thrown, whichever came first in time: the same mirror gives the same error on every run.
 */
async function mapUntilFailure<T, R>(
  items: readonly T[],
  mapper: (item: T, position: number) => Promise<R>,
): Promise<readonly R[]> {
  const failures = new Map<number, unknown>();
  const results = await pMap(
    items,
    async (item, position) => {
      if (failures.size > 0) return [];
      try {
        return [await mapper(item, position)];
      } catch (error) {
        failures.set(position, error);
        return [];
      }
    },
    { concurrency: CONCURRENCY },
  );
  if (failures.size > 0) throw failures.get(Math.min(...failures.keys()));
  return results.flat();
}
