import { isValidVersion, versionMatches } from './version.ts';
import type { VersionOperator } from './version.ts';

/** What a dependency asks of the provider's version; `checksum` pins one very package (apk's `><`). */
export type Constraint =
  | { readonly kind: 'any' }
  | { readonly kind: 'version'; readonly operator: VersionOperator; readonly version: string }
  | { readonly kind: 'checksum'; readonly checksum: string };

/** One atom of a dependency list: `name`, `!name`, `name@tag`, `name>=1.2`, `so:libz.so.1`; see apk-world(5). */
export interface Dependency {
  readonly name: string;
  /** `!name`: nothing that matches may be installed. */
  readonly conflict: boolean;
  /** Repository tag without its `@`. */
  readonly tag: string | undefined;
  readonly constraint: Constraint;
}

/** A name that a package provides; without a version, other packages may provide it at the same time. */
export interface Provided {
  readonly name: string;
  readonly version: string | undefined;
}

const ATOM_PATTERN = /^(!?)([^@<>=~]+)(?:@([^<>=~]*))?(?:([<>=~]+)(.*))?$/s;
const ANY: Constraint = { kind: 'any' };

/** `undefined` when apk would not take the text for a dependency. */
export function parseDependency(atom: string): Dependency | undefined {
  const match = ATOM_PATTERN.exec(atom);
  if (match?.[2] === undefined || /[\s\0]/.test(atom)) return undefined;
  const [, bang, name, tag, operator, version = ''] = match;
  const constraint = operator === undefined ? ANY : parseConstraint(operator, version);
  return constraint && { name, conflict: bang === '!', tag, constraint };
}

/** apk takes the comparison characters in any order: `=>` is `>=`, and `><` together name a checksum. */
function parseConstraint(characters: string, version: string): Constraint | undefined {
  const less = characters.includes('<');
  const greater = characters.includes('>');
  if (less && greater) {
    return characters.length === 2 ? { kind: 'checksum', checksum: version } : undefined;
  }
  if (!isValidVersion(version)) return undefined;
  const operator = operatorOf(less ? '<' : greater ? '>' : '', characters);
  return { kind: 'version', operator, version };
}

function operatorOf(direction: '<' | '>' | '', characters: string): VersionOperator {
  if (characters.includes('~')) return `${direction}~`;
  if (direction === '') return '=';
  return characters.includes('=') ? `${direction}=` : direction;
}

export function formatDependency(dependency: Dependency): string {
  const tag = dependency.tag === undefined ? '' : `@${dependency.tag}`;
  return `${dependency.conflict ? '!' : ''}${dependency.name}${tag}${formatConstraint(dependency.constraint)}`;
}

function formatConstraint(constraint: Constraint): string {
  switch (constraint.kind) {
    case 'any':
      return '';
    case 'version':
      return constraint.operator + constraint.version;
    case 'checksum':
      return `><${constraint.checksum}`;
  }
}

/** Reads an entry of a `provides` list: `so:libz.so.1=1.3.1`, `cmd:ip=6.6.0-r0`, `editor`. */
export function parseProvided(atom: string): Provided | undefined {
  const dependency = parseDependency(atom);
  if (dependency === undefined || dependency.conflict) return undefined;
  const { name, constraint } = dependency;
  return { name, version: constraint.kind === 'version' ? constraint.version : undefined };
}

/**
 * Whether a provider of the dependency's name fulfils it. `version` is the version it provides the name with
 * (none for a bare virtual name), `checksum` its package's identity.
 */
export function isProvidedBy(
  dependency: Dependency,
  provider: { readonly version: string | undefined; readonly checksum: string },
): boolean {
  const { constraint, conflict } = dependency;
  switch (constraint.kind) {
    case 'any':
      return !conflict;
    case 'checksum':
      return constraint.checksum === provider.checksum;
    case 'version': {
      const { version } = provider;
      const matches =
        version !== undefined && versionMatches(version, constraint.operator, constraint.version);
      return matches !== conflict;
    }
  }
}
