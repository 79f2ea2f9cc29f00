import type { FleetRequest } from '../inputs/run-fleet.ts';
import type { Session } from './context.ts';

/**
 * Does a command's work for many cluster files, tells of each as it is done, and of all in a table at the end.
 *
 * @param make the work for one file, into its own folder; returns what was made, in a few words
 * @throws VipisoError usage; where clusters failed, with the code of the first of them
 */
export async function runFleetCommand(
  { host, print, result }: Session,
  request: FleetRequest,
  make: (file: string, out: string) => Promise<string>,
): Promise<void> {
  const { runFleet } = await import('../inputs/run-fleet.ts');
  const { text, error } = await runFleet(host, request, {
    make,
    done: (row) => result('fleet', { ...row }),
  });
  print(text.join('\n'));
  if (error !== undefined) throw error;
}

/** Whether the command is for a fleet: its outputs then lie in one folder for each cluster. */
export function isFleet({ files, shard }: Pick<FleetRequest, 'files' | 'shard'>): boolean {
  return files.length > 1 || shard !== undefined;
}
