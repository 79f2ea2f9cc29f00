import { lintError, lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { ServiceModel } from '../../model.ts';
import type { Rule, RuleInput } from '../rule.ts';

/** Connections that the frontend lets in and the servers do not take. */
export const maxconn: Rule = (input) => [...aboveProcess(input), ...beyondServers(input)];

function aboveProcess({ cluster }: RuleInput): readonly LintFinding[] {
  return cluster.services.flatMap(({ name, frontendMaxconn }, index) => {
    if (frontendMaxconn === undefined || frontendMaxconn <= cluster.haproxy.maxconn) return [];
    const message = `${name} wants ${frontendMaxconn} connections, but the whole process takes ${cluster.haproxy.maxconn}`;
    return [
      lintError(
        'maxconn',
        ['services', index, 'maxconn'],
        message,
        `Raise haproxy.maxconn to ${frontendMaxconn} or more.`,
      ),
    ];
  });
}

function beyondServers({ file, cluster }: RuleInput): readonly LintFinding[] {
  return cluster.services.flatMap((service, index) => {
    const enter = service.frontendMaxconn ?? cluster.haproxy.maxconn;
    const { servers, served, queued } = capacity(service);
    if (served >= enter) return [];
    const written = file.services[index]?.maxconn !== undefined;
    const refused = Math.max(0, enter - served - queued);
    return [
      lintWarning(
        'maxconn',
        ['services', index, ...(written ? ['maxconn'] : [])],
        `${service.name} lets ${enter} connections in, its servers take ${served} at a time: ` +
          (Number.isFinite(queued)
            ? `the next ${queued} wait in the queue` +
              (refused > 0 ? ` and ${refused} more are refused` : '')
            : 'the others wait in a queue without an end') +
          '; watch streams hold their places for minutes',
        `Raise default_server.maxconn to ${Math.ceil(enter / servers)} or more (0 = no limit). A maxconn of ${served} for this service would also end this warning, but further clients then wait in the kernel, where haproxy neither sees nor refuses them.`,
      ),
    ];
  });
}

/** HAProxy reads 0 as "no limit" in both. */
function capacity({ backends, defaultServer }: ServiceModel): {
  readonly servers: number;
  readonly served: number;
  readonly queued: number;
} {
  const counted = backends.some(({ backup }) => !backup)
    ? backends.filter(({ backup }) => !backup)
    : backends;
  const servers = counted.reduce((sum, { count }) => sum + (count ?? 1), 0);
  const { maxconn: most, maxqueue } = defaultServer;
  return {
    servers,
    served: most === 0 ? Infinity : servers * most,
    queued: maxqueue === 0 ? Infinity : servers * maxqueue,
  };
}
