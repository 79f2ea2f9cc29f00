import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import type { ApkInput } from '../../lab/apk-writer.ts';

const LIBRARIES = 'host-libraries';

/**
 * Packages by Alpine's names that hold programs of this machine, for a root whose C library is glibc under musl's name,
 * as the lab's is.
 *
 * @param programs absolute paths, by package
 */
export function hostProgramPackages(
  programs: Readonly<Record<string, readonly string[]>>,
): readonly (Partial<ApkInput> & { name: string })[] {
  const all = Object.values(programs).flat();
  return [
    ...Object.entries(programs).map(([name, files]) => ({
      name,
      depends: [LIBRARIES],
      files: files.map((file) => fileAt(`usr/bin/${file.split('/').at(-1) ?? ''}`, file)),
    })),
    {
      name: LIBRARIES,
      depends: ['musl'],
      files: librariesOf(all).map((file) => fileAt(file.replace(/^\/(usr\/)?/, ''), file)),
    },
  ];
}

function fileAt(place: string, file: string) {
  return { path: place, mode: 0o755, content: readFileSync(realpathSync(file)) };
}

/** Those that the C library's own package does not bring. */
function librariesOf(programs: readonly string[]): readonly string[] {
  const said = execFileSync('ldd', programs, { encoding: 'utf8' });
  const found = [...said.matchAll(/=> (\/\S+)/g)].map(([, file = '']) => file);
  return [...new Set(found)].filter((file) => !/\/(libc|libm)\.so\.6$/.test(file)).sort();
}
