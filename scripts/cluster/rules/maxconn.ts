import type { Finding } from '../finding.ts';
import { lintError, lintWarning } from '../finding.ts';
import type { ServiceModel } from '../model.ts';
import type { Rule, RuleInput } from './rule.ts';

/** Connections that the frontend lets in and the servers do not take. */
export const maxconn: Rule = (input) => [...aboveProcess(input), ...beyondServers(input)];

function aboveProcess({ cluster }: RuleInput): readonly Finding[] {
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

function beyondServers({ file, cluster }: RuleInput): readonly Finding[] {
  return cluster.services.flatMap((service, index) => {
    const enter = service.frontendMaxconn ?? cluster.haproxy.maxconn;
    const { served, queued } = capacity(service);
    if (served >= enter) return [];
    const written = file.services[index]?.maxconn !== undefined;
    const refused = Math.max(0, enter - served - queued);
    return [
      lintWarning(
        'maxconn',
        ['services', index, ...(written ? ['maxconn'] : [])],
        `${service.name} lets ${enter} connections in, its servers take ${served} at a time: the next ${queued} wait in the queue` +
          (refused > 0 ? ` and ${refused} more are refused` : '') +
          '; watch streams hold their places for minutes',
        `Raise default_server.maxconn, or set this service's maxconn to ${served}.`,
      ),
    ];
  });
}

function capacity({ backends, defaultServer }: ServiceModel): { served: number; queued: number } {
  const servers = backends.filter(({ backup }) => !backup).length || backends.length;
  return { served: servers * defaultServer.maxconn, queued: servers * defaultServer.maxqueue };
}
