/** A generation of apk-tools: 2.14 and older, or 3. That of mkimage's scripts is the same. */
export type ApkGeneration = '2' | '3';

/** The package whose version tells by which rules a system chooses its packages. */
export const APK_TOOLS = 'apk-tools';

/** The first of Alpine's release branches that has apk-tools 3. */
const FIRST_BRANCH_OF_APK3 = { major: 3, minor: 23 } as const;

/** Which apk a release branch has: `v3.23`; edge, and a name that says nothing, count as newer than all. */
export function apkOfBranch(branch: string): ApkGeneration {
  const [, major, minor] = /^v(\d+)\.(\d+)$/.exec(branch) ?? [];
  if (major === undefined) return '3';
  const first = FIRST_BRANCH_OF_APK3;
  const since = Number(major) - first.major || Number(minor) - first.minor;
  return since < 0 ? '2' : '3';
}

/** Which apk a version of apk-tools is. */
export function apkOfVersion(version: string): ApkGeneration {
  return Number.parseInt(version, 10) < 3 ? '2' : '3';
}
