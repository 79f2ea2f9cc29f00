import { HOST_TOOLS } from '../../host/tools/tool-packages.ts';

/** What the tool needs that no table of programs names: its interpreter, a shell, whose certificates HTTPS trusts. */
const ALWAYS = ['alpine-baselayout', 'busybox', 'ca-certificates-bundle', 'nodejs'];

/**
 * Alpine packages of the tool's own image.
 *
 * @param boot whether `boot` and `prove` shall work in it: QEMU makes the image several times as large
 */
export function imagePackages(boot: boolean): readonly string[] {
  const tools = Object.values(HOST_TOOLS)
    .filter(({ neededFor }) => boot || neededFor.some((use) => use !== 'boot'))
    .map(({ alpine }) => alpine);
  return [...new Set([...ALWAYS, ...tools])].sort();
}
