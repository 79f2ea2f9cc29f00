/** What a system has of accounts. Texts of files; those that are missing are empty. */
export interface AccountFiles {
  /** /proc/self/uid_map and gid_map (user_namespaces(7)): those that this process can name. */
  readonly maps: readonly string[];
  /** /etc/passwd and /etc/group (passwd(5), group(5)). */
  readonly accounts: readonly string[];
  /** /etc/subuid and /etc/subgid (subuid(5)): those of containers. */
  readonly ranges: readonly string[];
}

/**
 * Ids that belong to nobody by convention: one above those that directory services hand out and below those that
 * systemd keeps for itself, and one for containers, which often have 65536 of them.
 */
const CANDIDATES = [2_140_000_000, 65_530];

/** An id, as user and as group, that no account and no container of this system has; undefined where there is none. */
export function freeId({ maps, accounts, ranges }: AccountFiles): number | undefined {
  return CANDIDATES.find((id) => {
    if (!maps.every((map) => mappedIn(map).some(([first, count]) => holds(first, count, id))))
      return false;
    if (accounts.some((text) => fields(text).some(([, , own]) => Number(own) === id))) return false;
    return !ranges.some((text) =>
      fields(text).some(([, first, count]) => holds(Number(first), Number(count), id)),
    );
  });
}

function holds(first: number, count: number, id: number): boolean {
  return id >= first && id < first + count;
}

function mappedIn(map: string): readonly [number, number][] {
  return map
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([first = 0, , count = 0]) => [first, count]);
}

function fields(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line.includes(':'))
    .map((line) => line.split(':'));
}
