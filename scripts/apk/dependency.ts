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

const ANY: Constraint = { kind: 'any' };
const BLANKS = /[\s\0]/;
const OPERATOR_START = /[<>=~]/;

/** `undefined` when apk would not take the text for a dependency. */
export function parseDependency(atom: string): Dependency | undefined {
  if (BLANKS.test(atom)) return undefined;
  const conflict = atom.startsWith('!');
  const operatorAt = atom.search(OPERATOR_START);
  const named = atom.slice(conflict ? 1 : 0, operatorAt < 0 ? undefined : operatorAt);
  const tagAt = named.indexOf('@');
  const name = tagAt < 0 ? named : named.slice(0, tagAt);
  const tag = tagAt < 0 ? undefined : named.slice(tagAt + 1);
  const constraint = operatorAt < 0 ? ANY : parseConstraint(atom.slice(operatorAt));
  return name === '' || constraint === undefined ? undefined : { name, conflict, tag, constraint };
}

/** apk takes the comparison characters in any order: `=>` is `>=`, and `><` together name a checksum. */
function parseConstraint(text: string): Constraint | undefined {
  const [characters = ''] = /^[<>=~]+/.exec(text) ?? [];
  const version = text.slice(characters.length);
  if (characters.includes('<') && characters.includes('>')) {
    return characters.length === 2 ? { kind: 'checksum', checksum: version } : undefined;
  }
  // apk takes `name=` for any version at all; here it is what is left of a variable that was empty.
  if (version === '' || !isValidVersion(version)) return undefined;
  return { kind: 'version', operator: operatorOf(characters), version };
}

function operatorOf(characters: string): VersionOperator {
  if (characters === '=') return '=';
  const direction = characters.includes('<') ? '<' : characters.includes('>') ? '>' : '';
  if (characters.includes('~')) return `${direction}~`;
  if (direction === '') return '=';
  return characters.includes('=') ? `${direction}=` : direction;
}

export function formatDependency(dependency: Dependency): string {
  const tag = dependency.tag === undefined ? '' : `@${dependency.tag}`;
  const bang = dependency.conflict ? '!' : '';
  return `${bang}${dependency.name}${tag}${formatConstraint(dependency.constraint)}`;
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

/**
 * Whether a provider of the dependency's name fulfils it.
 *
 * @param version The version it provides the name with; `undefined` for a bare virtual name.
 * @param checksum Identity of its package, as its index records it.
 */
export function isProvidedBy(
  { constraint, conflict }: Dependency,
  version: string | undefined,
  checksum: string,
): boolean {
  switch (constraint.kind) {
    case 'any':
      return !conflict;
    case 'checksum':
      return constraint.checksum === checksum;
    case 'version': {
      const matches =
        version !== undefined && versionMatches(version, constraint.operator, constraint.version);
      return matches !== conflict;
    }
  }
}
