/** Paths that only their owner may read, whatever their source's mode: a checkout's umask must not decide. */
const PRIVATE_FILES = [
  /^etc\/shadow$/,
  /^etc\/doas\.conf$/,
  /^etc\/doas\.d\/[^/]+$/,
  /^etc\/ssh\/ssh_host_[^/]+_key$/,
  /(^|\/)\.ssh\/[^/]+$/,
  /\.(key|pem)$/,
];

const PRIVATE_FOLDERS = [/^root$/, /(^|\/)\.ssh$/];

/** @param executable whether the owner may execute the source file; its other bits are not kept */
export function fileMode(path: string, executable: boolean): number {
  const isPrivate = PRIVATE_FILES.some((pattern) => pattern.test(path));
  if (isPrivate) return executable ? 0o700 : 0o600;
  return executable ? 0o755 : 0o644;
}

export function folderMode(path: string): number {
  return PRIVATE_FOLDERS.some((pattern) => pattern.test(path)) ? 0o700 : 0o755;
}

/** Takes all rights from group and others: for a file that turned out to hold a secret. */
export function ownerOnly(mode: number): number {
  return mode & 0o700;
}
