import { z } from 'zod';
import { VipisoError } from '../core/errors.ts';
import { compareStrings } from '../core/digest.ts';
import { compareVersions } from './version.ts';

/**
 * Alpine's security database of one repository: for each origin, the versions that fixed something and what they
 * fixed. It lists fixes only: a vulnerability that nobody fixed yet is not in it.
 *
 * Format: `<branch>/<repository>.json` of https://secdb.alpinelinux.org.
 */
const SecdbFile = z.object({
  packages: z.array(
    z.object({
      pkg: z.object({
        name: z.string(),
        /** null where all fixes were withdrawn. */
        secfixes: z.record(z.string(), z.array(z.string()).nullable()).nullish(),
      }),
    }),
  ),
});

export interface SecurityFix {
  /** `CVE-2024-45506`, or another scheme's identifier. */
  readonly id: string;
  /** First version that has the fix. */
  readonly fixedIn: string;
}

/** Origin -> its fixes, oldest first. */
export type SecurityDatabase = ReadonlyMap<string, readonly SecurityFix[]>;

/** Version under which secdb lists what never affected Alpine's package. */
const NEVER_AFFECTED = '0';

/** @throws VipisoError malformed-index: the text is not a security database */
export function parseSecdb(text: string, source: string): SecurityDatabase {
  const result = SecdbFile.safeParse(parseJson(text));
  if (!result.success) {
    throw new VipisoError('malformed-index', `${source} is not an Alpine security database`, {
      details: result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
      hint: 'Give the JSON file of the repository, for example v3.24/main.json.',
    });
  }
  return new Map(result.data.packages.map(({ pkg }) => [pkg.name, fixesOf(pkg.secfixes ?? {})]));
}

/** What an origin's version has fixed: every fix that it or an older version brought. */
export function fixedAt(
  database: SecurityDatabase,
  origin: string,
  version: string,
): readonly SecurityFix[] {
  return (database.get(origin) ?? []).filter((fix) => compareVersions(fix.fixedIn, version) <= 0);
}

/** What moving an origin between two versions would close; empty when `to` is not newer. */
export function closedBetween(
  database: SecurityDatabase,
  origin: string,
  versions: { readonly from: string; readonly to: string },
): readonly SecurityFix[] {
  return fixedAt(database, origin, versions.to).filter(
    (fix) => compareVersions(fix.fixedIn, versions.from) > 0,
  );
}

function fixesOf(secfixes: Readonly<Record<string, readonly string[] | null>>): SecurityFix[] {
  return Object.entries(secfixes)
    .filter(([version]) => version !== NEVER_AFFECTED)
    .flatMap(([fixedIn, ids]) =>
      (ids ?? []).map((text) => ({ id: firstIdentifier(text), fixedIn })),
    )
    .sort((a, b) => compareVersions(a.fixedIn, b.fixedIn) || compareStrings(a.id, b.id));
}

/** Entries may name aliases behind the identifier: `CVE-2019-14697 MNDW-2019-1`. */
function firstIdentifier(text: string): string {
  return text.trim().split(/\s+/)[0] ?? text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whatever is wrong with the text, the schema check says what was expected instead.
    return undefined;
  }
}
