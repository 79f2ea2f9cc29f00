import { lintWarning } from '../../findings/finding.ts';
import type { Rule } from '../rule.ts';

const API_PORT = 6443;

/** A Kubernetes API server that hangs still accepts connections. */
export const readyz: Rule = ({ file, cluster }) =>
  cluster.services.flatMap((service, index) => {
    const { check } = service;
    if (check.type !== 'tcp') return [];
    if (!service.backends.some(({ port }) => (check.port ?? port) === API_PORT)) return [];
    const written = file.services[index]?.check !== undefined;
    return [
      lintWarning(
        'readyz',
        ['services', index, ...(written ? ['check'] : [])],
        `${service.name} checks port ${API_PORT} by TCP alone: an API server that hangs or starts up still accepts connections and gets its share`,
        'Use check: {type: https, path: /readyz, expect: 200}; where anonymous access is off the API answers 401, so expect: [200, 401].',
      ),
    ];
  });
