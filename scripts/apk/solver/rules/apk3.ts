import type { Dependency } from '../../dependency.ts';
import { Agenda3 } from './agenda3.ts';
import { Discovery3 } from './discovery3.ts';
import type { SolverRules } from './model.ts';
import { compareVersions3, isMatch3, isValidVersion3 } from './version3.ts';

/** apk-tools 3. */
export const APK3: SolverRules = {
  discover: (catalogue, wanted) => new Discovery3(catalogue).from(wanted),
  agendaFor: (graph) => new Agenda3(graph),
  isProvidedBy: isProvidedBy3,
  refusesItself: false,
  compareProvided: (a = '', b = '') => compareVersions3(a, b),
  compareVersions: compareVersions3,
  isValidVersion: isValidVersion3,
  decidesRefusals: true,
  refusesMalformed: true,
  triggeredMustBeSelectable: true,
};

/** A name that is provided without a version has the empty one, which is older than any other. */
function isProvidedBy3(
  { constraint, conflict }: Dependency,
  version: string | undefined,
  checksum: string,
): boolean {
  switch (constraint.kind) {
    case 'any':
      return !conflict;
    case 'checksum':
      // Refusing a checksum is read as refusing every version.
      return conflict ? version === undefined : constraint.checksum === checksum;
    case 'version':
      return isMatch3(version ?? '', constraint.operator, constraint.version) !== conflict;
  }
}
