/**
 * Whether a release branch of Alpine is this one or a later one.
 *
 * @param branch `v3.24`; edge, and a name that says nothing, count as newer than all
 * @param first `v3.23`
 */
export function isBranchSince(branch: string, first: string): boolean {
  return (numberOf(branch) ?? Infinity) >= (numberOf(first) ?? Infinity);
}

function numberOf(branch: string): number | undefined {
  const [, major, minor] = /^v(\d+)\.(\d+)$/.exec(branch) ?? [];
  return major === undefined ? undefined : Number(major) * 1000 + Number(minor);
}
