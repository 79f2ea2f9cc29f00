import { lintError } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import { sectionNames, STATS_FRONTEND } from '../../values/section-names.ts';
import type { Rule } from '../rule.ts';

/**
 * A backend that would have the name of another service's frontend, or of the page of figures. HAProxy 3.3 and newer do
 * not start then; older ones take one section for the other in places.
 */
export const sectionClash: Rule = ({ cluster }) => {
  const frontends = new Map(
    cluster.services.map((service) => [sectionNames(service).frontend, `service ${service.name}`]),
  );
  if (cluster.stats !== undefined) frontends.set(STATS_FRONTEND, 'page of figures (stats)');
  return cluster.services.flatMap((service, index): readonly LintFinding[] => {
    const { backend } = sectionNames(service);
    const other = frontends.get(backend);
    if (other === undefined) return [];
    const message = `the backend of the service ${service.name} would have the name of the frontend of the ${other}: HAProxy refuses that`;
    const path = ['services', index, 'name'];
    return [
      { ...lintError('duplicate', path, message, 'Choose another name for it.'), fatal: true },
    ];
  });
};
