import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, vi } from 'vitest';

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

/**
 * Waits until a tool that was run through tsx has left nothing behind.
 *
 * @param family as `familyOf` told it while the tool ran
 * @param temp the tool's own folder of temporary files
 */
export async function expectNothingLeft(family: readonly number[], temp: string): Promise<void> {
  // esbuild, which the loader of TypeScript starts, takes a moment to notice that its parent is gone.
  await vi.waitFor(
    () => {
      expect(family.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    },
    { timeout: 20_000 },
  );
  // The loader keeps a cache of its own there.
  expect(readdirSync(temp).filter((name) => !name.startsWith('tsx-'))).toEqual([]);
}
