import type { Dependency } from '../../dependency.ts';
import type { Provider } from '../graph.ts';
import { Agenda3 } from './agenda3.ts';
import { Discovery3 } from './discovery3.ts';
import type { SolverRules } from './model.ts';
import { compareVersions3, isMatch3 } from './version3.ts';

/** apk-tools 3. */
export const APK3: SolverRules = {
  discover: (catalogue, wanted) => new Discovery3(catalogue).from(wanted),
  agendaFor: (universe) => new Agenda3(universe),
  fulfils: (dependency, provider, by) => {
    if (provider === undefined) return dependency.conflict;
    // No package refuses itself.
    if (dependency.conflict && provider.candidate === by) return true;
    return meets(dependency, provider);
  },
  compareProvided: (a = '', b = '') => compareVersions3(a, b),
  compareVersions: compareVersions3,
  decidesRefusals: true,
  refusesMalformed: true,
  triggeredMustBeSelectable: true,
};

function meets(
  { constraint, conflict }: Dependency,
  { candidate, version = '' }: Provider,
): boolean {
  switch (constraint.kind) {
    case 'any':
      return !conflict;
    case 'checksum':
      // Refusing a checksum is read as refusing every version.
      return conflict ? version === '' : constraint.checksum === candidate.summary.checksum;
    case 'version':
      return isMatch3(version, constraint.operator, constraint.version) !== conflict;
  }
}
