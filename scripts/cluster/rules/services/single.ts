import { lintWarning } from '../../findings/finding.ts';
import type { Rule } from '../rule.ts';

export const single: Rule = ({ cluster }) => {
  const singleServer = cluster.services.flatMap(({ name, backends }, index) =>
    backends.length > 1 || backends.some(({ count }) => (count ?? 1) > 1)
      ? []
      : [
          lintWarning(
            'single',
            ['services', index, 'backends'],
            `${name} has one backend: when it is down, the service is down`,
            'Add the other API servers.',
          ),
        ],
  );
  if (cluster.nodes.length > 1) return singleServer;
  const message = 'the cluster has one node: when it is down, the VIP is gone';
  return [
    ...singleServer,
    lintWarning('single', ['nodes'], message, 'Add a second node as BACKUP.'),
  ];
};
