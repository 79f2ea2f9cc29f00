import type { Machine } from '../../../boot/machine.ts';
import { VipisoError } from '../../../core/errors.ts';
import type { ProofFinding } from '../../findings.ts';
import { REQUIRED_SERVICES } from '../execute-action.ts';

/**
 * Daemons that do not run inside a node, each with its last words in the system log: where nobody answers, that is the
 * first thing to know. A line `! <name>` of the command's output begins what it says of one.
 */
export async function deadDaemons(
  machine: Pick<Machine, 'name' | 'inside'>,
): Promise<readonly ProofFinding[]> {
  try {
    const { output } = await machine.inside(listDead(REQUIRED_SERVICES));
    return output
      .split(/^! /m)
      .slice(1)
      .map((part) => {
        const [name = '', ...words] = part.trim().split('\n');
        const said = words.length === 0 ? '' : `: ${words.join(' / ')}`;
        const text = `${machine.name}: ${name} does not run${said}`;
        return { code: 'service-missing', text };
      });
  } catch (error) {
    if (!(error instanceof VipisoError) || error.code === 'interrupted') throw error;
    // A node that does not answer has been complained about already, or will be.
    return [];
  }
}

/** A command line of sh. */
export function listDead(names: readonly string[]): string {
  return names
    .map(
      (name) =>
        `pidof ${name} >/dev/null || { echo "! ${name}"; ` +
        `grep -i " ${name}" /var/log/messages 2>/dev/null | tail -n 3; }`,
    )
    .join('; ');
}
