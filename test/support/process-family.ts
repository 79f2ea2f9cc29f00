import { readdirSync, readFileSync } from 'node:fs';

/** Process ids of all that `root` has started, and itself. */
export function familyOf(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((it) => /^\d+$/.test(it))) {
    try {
      const [, rest = ''] = readFileSync(`/proc/${name}/stat`, 'utf8').split(/\) /);
      parents.set(Number(name), Number(rest.split(' ')[1]));
    } catch {
      // It ended since the folder was read.
    }
  }
  const family = [root];
  for (const member of family)
    for (const [pid, parent] of parents) if (parent === member) family.push(pid);
  return family;
}
