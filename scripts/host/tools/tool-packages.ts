/** What a program of the host is needed for. */
export type ToolUse = 'native' | 'mkimage' | 'disk' | 'diff' | 'boot';

/** A program of the host: the package that holds it, per distribution, and what needs it. */
export interface HostTool {
  readonly debian: string;
  readonly fedora: string;
  readonly alpine: string;
  /** Arguments that make it print its version; some programs print it on stderr. */
  readonly versionArgs: readonly string[];
  readonly neededFor: readonly ToolUse[];
}

/** The packages' name where the distributions agree on it, which they mostly do. */
function everywhere(name: string): Pick<HostTool, 'debian' | 'fedora' | 'alpine'> {
  return { debian: name, fedora: name, alpine: name };
}

const SQUASHFS = { ...everywhere('squashfs-tools'), versionArgs: ['-version'] };
const MTOOLS = { ...everywhere('mtools'), versionArgs: ['--version'] };
const IPROUTE = { ...everywhere('iproute2'), fedora: 'iproute', versionArgs: ['-V'] };

/** Every program of the host that the tool may not do without. */
export const HOST_TOOLS: Readonly<Record<string, HostTool>> = {
  bwrap: {
    ...everywhere('bubblewrap'),
    versionArgs: ['--version'],
    neededFor: ['native', 'mkimage'],
  },
  mksquashfs: { ...SQUASHFS, neededFor: ['native'] },
  mformat: { ...MTOOLS, neededFor: ['native', 'disk'] },
  mcopy: { ...MTOOLS, neededFor: ['native', 'disk'] },
  'qemu-img': {
    ...{ debian: 'qemu-utils', fedora: 'qemu-img', alpine: 'qemu-img' },
    versionArgs: ['--version'],
    neededFor: ['disk'],
  },
  xorriso: { ...everywhere('xorriso'), versionArgs: ['-version'], neededFor: ['native'] },
  unsquashfs: { ...SQUASHFS, neededFor: ['diff'] },
  'qemu-system-x86_64': {
    ...{ debian: 'qemu-system-x86', fedora: 'qemu-system-x86-core', alpine: 'qemu-system-x86_64' },
    versionArgs: ['--version'],
    neededFor: ['boot'],
  },
  unshare: {
    ...{ ...everywhere('util-linux'), alpine: 'util-linux-misc' },
    versionArgs: ['--version'],
    neededFor: ['boot'],
  },
  ip: { ...IPROUTE, neededFor: ['boot'] },
  bridge: { ...IPROUTE, neededFor: ['boot'] },
};

/** The programs that something needs, in the order of the table. */
export function toolsFor(use: ToolUse): readonly string[] {
  return Object.keys(HOST_TOOLS).filter((tool) => HOST_TOOLS[tool]?.neededFor.includes(use));
}

/** What is known of a tool; undefined for one that is not in the table. */
export function packagesOf(tool: string): HostTool | undefined {
  return HOST_TOOLS[tool];
}
