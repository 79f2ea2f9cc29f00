import { isProvidedBy, parseDependency } from '../../apk/dependency.ts';
import type { PkgInfo } from '../../apk/package/pkginfo.ts';
import { VipisoError } from '../../core/errors.ts';

/** A package as far as the rules of ownership go. */
export type Owner = Pick<PkgInfo, 'name' | 'version' | 'origin' | 'replaces' | 'replacesPriority'>;

/** Which package each file of a root belongs to, by apk's rules for two packages with one file. */
export class Owners {
  private readonly ofFile = new Map<string, Owner>();

  /**
   * Judges that `incoming` ships `file`; on `take` it owns the file from now on, on `skip` the earlier owner keeps it.
   * @throws VipisoError malformed-package: two packages ship it and neither replaces the other
   */
  claim(file: string, incoming: Owner): 'take' | 'skip' {
    const holder = this.ofFile.get(file);
    if (holder !== undefined) {
      const verdict = judge(holder, incoming);
      if (verdict === 'clash') throw clash(file, holder, incoming);
      if (verdict === 'skip') return 'skip';
    }
    this.ofFile.set(file, incoming);
    return 'take';
  }

  ownerOf(file: string): Owner | undefined {
    return this.ofFile.get(file);
  }
}

function judge(holder: Owner, incoming: Owner): 'take' | 'skip' | 'clash' {
  const sameSource = holder.origin !== '' && holder.origin === incoming.origin;
  if (holder.name === incoming.name || sameSource) return 'take';
  const holders = priority(holder, incoming);
  const incomingPriority = priority(incoming, holder);
  if (holders > incomingPriority) return 'skip';
  return incomingPriority >= 0 ? 'take' : 'clash';
}

/** The replaces_priority by which `by` replaces files of `of`; -1 when it does not. */
function priority(by: Owner, of: Owner): number {
  const replaces = by.replaces.some((atom) => {
    const dependency = parseDependency(atom);
    if (dependency?.name !== of.name) return false;
    return isProvidedBy(dependency, of.version, '');
  });
  return replaces ? by.replacesPriority : -1;
}

function clash(file: string, holder: Owner, incoming: Owner): VipisoError {
  return new VipisoError(
    'malformed-package',
    `${incoming.name}-${incoming.version} would overwrite /${file}, which belongs to ${holder.name}-${holder.version}`,
    { hint: 'Leave one of the two packages out.' },
  );
}
