import { isBranchSince } from './release-branch.ts';

/** A generation of apk-tools: 2.14 and older, or 3. That of mkimage's scripts is the same. */
export type ApkGeneration = '2' | '3';

/** The package whose version tells by which rules a system chooses its packages. */
export const APK_TOOLS = 'apk-tools';

/** The first of Alpine's release branches that has apk-tools 3. */
const FIRST_BRANCH_OF_APK3 = 'v3.23';

/** Which apk a release branch has: `v3.23`; edge, and a name that says nothing, count as newer than all. */
export function apkOfBranch(branch: string): ApkGeneration {
  return isBranchSince(branch, FIRST_BRANCH_OF_APK3) ? '3' : '2';
}

/** Which apk a version of apk-tools is. */
export function apkOfVersion(version: string): ApkGeneration {
  return Number.parseInt(version, 10) < 3 ? '2' : '3';
}
