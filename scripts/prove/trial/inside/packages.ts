import type { Machine } from '../../../boot/machine.ts';
import type { ClusterModel } from '../../../cluster/model.ts';
import { VipisoError } from '../../../core/errors.ts';
import { shellQuote } from '../../../host/process/shell-quote.ts';
import { installedWorldOf } from '../../../overlay/view/world.ts';

/**
 * What the cluster asks for and a booted node lacks, as complaints. Nothing is printed to the console: Alpine's init lets apk
 * leave out what it cannot have, and with `quiet` apk says nothing of it and ends with success.
 */
export async function packageComplaints(
  machine: Pick<Machine, 'inside'>,
  cluster: ClusterModel,
): Promise<readonly string[]> {
  try {
    const { output } = await machine.inside(listMissing(installedWorldOf(cluster)));
    return output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `the package ${line} is not installed`);
  } catch (error) {
    if (!(error instanceof VipisoError) || error.code === 'interrupted') throw error;
    return [`its packages could not be looked at: ${error.message}`];
  }
}

/**
 * A command line of sh that prints those dependencies that nothing installed satisfies. All are asked for at once
 * first: under emulation each start of apk costs.
 */
export function listMissing(world: readonly string[]): string {
  const words = world.filter((it) => !it.startsWith('!')).map(shellQuote);
  const all = words.join(' ');
  return (
    `apk info -e ${all} >/dev/null 2>&1 || ` +
    `for it in ${all}; do apk info -e "$it" >/dev/null 2>&1 || echo "$it"; done`
  );
}
