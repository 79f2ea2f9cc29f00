import { digestOf, isSha256 } from '../../../core/digest.ts';
import { VipisoError } from '../../../core/errors.ts';
import { readDerived, writeDerived } from '../../../host/cache/derived-file.ts';
import { parseSource, withoutCredentials } from '../../../host/download/source-address.ts';
import { sha256OfFile } from '../../../host/fs/hash-file.ts';
import type { Lockfile } from '../../../packages/lock/format/schema.ts';
import type { PackageSources } from '../../../packages/sources.ts';
import { readAportsScripts } from './aports-scripts.ts';
import type { AportsScripts } from './aports-scripts.ts';

type LockedAports = NonNullable<Lockfile['aports']>;

/** Kind of cache entry: which archive came last from a URL. */
const LAST_ARCHIVE = 'last-aports';
const MAX_ARCHIVE_BYTES = 256 * 1024 * 1024;

/**
 * Fetches an archive of aports' scripts from the first of its places that gives the right ones.
 *
 * @returns absolute path of the archive in the store; offline, of the one that came last
 * @throws VipisoError malformed-archive, digest-mismatch; and what a download throws
 */
export async function downloadAports(
  { host, store, downloader, offline }: PackageSources,
  wanted: {
    /** What the archive is known by. */
    readonly url: string;
    /** All places of its content. */
    readonly sources: readonly string[];
    /** Other scripts are not taken; absent = whatever the place gives. */
    readonly locked: LockedAports | undefined;
  },
): Promise<string> {
  const { url, sources, locked } = wanted;
  const key = digestOf(['aports', url]);
  const last = (await readDerived(host, LAST_ARCHIVE, key))?.toString() ?? '';
  const known = offline && isSha256(last) ? await store.get(last) : undefined;
  if (known !== undefined) return known;
  if (offline) throw notThere(url);
  return await downloader.fetch({
    what: "aports' scripts",
    sources,
    key,
    maxBytes: MAX_ARCHIVE_BYTES,
    hintIfMissing: 'Name a checkout or an archive of aports: --aports, or alpine.aports.',
    accept: async (file) => {
      const scripts = await readAportsScripts(file).catch((error: unknown) => {
        throw asVerdict(error, url);
      });
      if (locked !== undefined && locked.sha256 !== scripts.sha256) {
        throw notLocked(url, scripts, locked);
      }
      const digest = await sha256OfFile(file);
      await store.adopt(file, digest);
      await writeDerived(host, LAST_ARCHIVE, key, Buffer.from(digest));
      const adopted = await store.get(digest);
      if (adopted === undefined)
        throw new VipisoError(
          'io',
          "aports' scripts disappeared from the cache while they were in use",
        );
      return adopted;
    },
  });
}

/** An archive without the scripts speaks against its place: another one may have them. */
function asVerdict(error: unknown, url: string): unknown {
  if (!(error instanceof VipisoError)) return error;
  const shown = withoutCredentials(url);
  const message = `the archive of ${shown} is not one of aports' scripts`;
  const { hint } = error;
  return new VipisoError('malformed-archive', message, { cause: error, ...(hint && { hint }) });
}

function notThere(url: string): VipisoError {
  return new VipisoError(
    'offline',
    "--offline forbids to fetch aports' scripts, and the cache has none",
    {
      details: [withoutCredentials(url)],
      hint: 'Name a checkout or an archive of aports: --aports, or alpine.aports in the cluster file.',
    },
  );
}

/** What is wrong where scripts are not the locked ones. */
export function notLocked(
  source: string,
  scripts: AportsScripts,
  locked: LockedAports,
): VipisoError {
  const shown = parseSource(source).kind === 'http' ? withoutCredentials(source) : source;
  return new VipisoError('digest-mismatch', `the scripts of ${shown} are not those of the lock`, {
    details: [
      `locked ${locked.sha256} (${locked.commit ?? locked.source})`,
      `found  ${scripts.sha256}`,
    ],
    hint: 'Name the locked ones by --aports, or lock again: vipiso lock',
  });
}
