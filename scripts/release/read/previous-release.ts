import path from 'node:path';
import { isThere } from '../../host/fs/is-there.ts';
import type { Host } from '../../host/host.ts';

/**
 * The release of one cluster in the folder of a fleet's releases; undefined where the fleet did not have it yet.
 *
 * @param fleet absolute path of the folder that holds one release per cluster; absent = there was none
 * @param name the cluster's folder in it
 * @throws VipisoError permission, io
 */
export async function previousRelease(
  host: Pick<Host, 'report'>,
  fleet: string | undefined,
  name: string,
): Promise<string | undefined> {
  if (fleet === undefined) return undefined;
  const folder = path.join(fleet, name);
  if (await isThere(folder, 'look for the previous release')) return folder;
  const text = `There is no ${name} in ${fleet}: the cluster counts as new`;
  host.report({ type: 'note', level: 'warning', text });
  return undefined;
}
