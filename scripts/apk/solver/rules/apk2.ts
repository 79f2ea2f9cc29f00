import { isProvidedBy } from '../../dependency.ts';
import { compareVersions, isValidVersion } from '../../version.ts';
import { Agenda2 } from './agenda2.ts';
import { Discovery2 } from './discovery2.ts';
import type { SolverRules } from './model.ts';

/** apk-tools 2.14. */
export const APK2: SolverRules = {
  discover: (catalogue, wanted) => new Discovery2(catalogue).from(wanted),
  agendaFor: (graph) => new Agenda2(graph),
  isProvidedBy,
  refusesItself: true,
  // A name provided without a version says nothing about which provider is newer.
  compareProvided: (a, b) => (a === undefined || b === undefined ? 0 : compareVersions(a, b)),
  compareVersions,
  isValidVersion,
  decidesRefusals: false,
  refusesMalformed: false,
  triggeredMustBeSelectable: false,
};
