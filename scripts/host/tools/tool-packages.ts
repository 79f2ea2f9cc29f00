/** Where a host tool comes from: the package that holds it, per distribution. */
export interface ToolPackages {
  readonly debian: string;
  readonly fedora: string;
  readonly alpine: string;
  /** Arguments that make it print its version; some of them print it on stderr. */
  readonly versionArgs: readonly string[];
}

const QEMU_X86 = {
  debian: 'qemu-system-x86',
  fedora: 'qemu-system-x86-core',
  alpine: 'qemu-system-x86_64',
  versionArgs: ['--version'],
};
const MTOOLS = { debian: 'mtools', fedora: 'mtools', alpine: 'mtools', versionArgs: ['--version'] };
const UTIL_LINUX = {
  debian: 'util-linux',
  fedora: 'util-linux',
  alpine: 'util-linux-misc',
  versionArgs: ['--version'],
};

/** Every program of the host that the tool may start. */
const TOOL_PACKAGES: Readonly<Record<string, ToolPackages>> = {
  xorriso: { debian: 'xorriso', fedora: 'xorriso', alpine: 'xorriso', versionArgs: ['-version'] },
  mksquashfs: {
    debian: 'squashfs-tools',
    fedora: 'squashfs-tools',
    alpine: 'squashfs-tools',
    versionArgs: ['-version'],
  },
  unsquashfs: {
    debian: 'squashfs-tools',
    fedora: 'squashfs-tools',
    alpine: 'squashfs-tools',
    versionArgs: ['-version'],
  },
  mcopy: MTOOLS,
  mmd: MTOOLS,
  mformat: MTOOLS,
  mdir: MTOOLS,
  bwrap: {
    debian: 'bubblewrap',
    fedora: 'bubblewrap',
    alpine: 'bubblewrap',
    versionArgs: ['--version'],
  },
  'qemu-system-x86_64': QEMU_X86,
  'qemu-system-aarch64': {
    debian: 'qemu-system-arm',
    fedora: 'qemu-system-aarch64-core',
    alpine: 'qemu-system-aarch64',
    versionArgs: ['--version'],
  },
  cpio: { debian: 'cpio', fedora: 'cpio', alpine: 'cpio', versionArgs: ['--version'] },
  gzip: { debian: 'gzip', fedora: 'gzip', alpine: 'gzip', versionArgs: ['--version'] },
  tar: { debian: 'tar', fedora: 'tar', alpine: 'tar', versionArgs: ['--version'] },
  ip: { debian: 'iproute2', fedora: 'iproute', alpine: 'iproute2', versionArgs: ['-V'] },
  unshare: UTIL_LINUX,
  nsenter: UTIL_LINUX,
  haproxy: { debian: 'haproxy', fedora: 'haproxy', alpine: 'haproxy', versionArgs: ['-v'] },
  keepalived: {
    debian: 'keepalived',
    fedora: 'keepalived',
    alpine: 'keepalived',
    versionArgs: ['--version'],
  },
};

/** What is known of a tool; undefined for one that is not in the table. */
export function packagesOf(tool: string): ToolPackages | undefined {
  return TOOL_PACKAGES[tool];
}
