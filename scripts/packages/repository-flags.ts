import path from 'node:path';
import type { RepositoryModel } from '../cluster/model.ts';
import { namedRepositories } from '../cluster/resolve/alpine.ts';
import { parseSource } from '../host/download/source-address.ts';
import type { Host } from '../host/host.ts';

/**
 * The repositories of `--repository` flags, which stand instead of the cluster file's: each the folder or
 * URL that holds `<arch>/APKINDEX.tar.gz`, with apk's `@tag ` in front where it is pinned. Undefined without flags.
 *
 * @throws VipisoError usage for a URL scheme that cannot be read
 */
export function repositoriesFromFlags(
  host: Pick<Host, 'cwd'>,
  values: readonly string[],
): readonly RepositoryModel[] | undefined {
  if (values.length === 0) return undefined;
  return namedRepositories(values, (place) => {
    const source = parseSource(place);
    return [source.kind === 'http' ? place : path.resolve(host.cwd, source.path)];
  });
}
