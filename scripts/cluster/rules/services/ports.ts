import { lintError } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import { splitBind } from '../../values/bind.ts';
import type { Rule, RuleInput } from '../rule.ts';

interface Listener {
  readonly who: string;
  readonly address: string;
  readonly port: number;
  readonly path: DocumentPath;
}

const SSH_PORT = 22;

/** Listeners that would fight over a port, and services that nobody can reach at their port. */
export const ports: Rule = (input) => {
  const listeners = listenersOf(input);
  return [...clashes(listeners), ...strayBinds(input)];
};

function listenersOf({ cluster }: RuleInput): readonly Listener[] {
  const services = cluster.services.flatMap(({ name, binds }, index) =>
    binds.map((bind) => {
      const { address, port } = splitBind(bind);
      return { address: wildcard(address), port, who: name, path: ['services', index] };
    }),
  );
  const ssh = { who: 'sshd', address: '', port: SSH_PORT, path: ['access'] };
  const { stats } = cluster;
  return [
    ...(cluster.access.sshd ? [ssh] : []),
    ...services,
    ...(stats === undefined
      ? []
      : [
          {
            who: 'stats',
            // On the addresses for management: of these the nodes have different ones.
            address: wildcard(stats.bind ?? 'management'),
            port: stats.port,
            path: ['stats', 'port'],
          },
        ]),
  ];
}

function clashes(listeners: readonly Listener[]): readonly LintFinding[] {
  return listeners.flatMap((listener, index) => {
    const rival = listeners.slice(0, index).find((earlier) => collide(earlier, listener));
    if (rival === undefined) return [];
    const message = `${listener.who} and ${rival.who} both listen on port ${listener.port}: the second could not start`;
    return [
      lintError(
        'duplicate',
        listener.path,
        message,
        'Give one of them another port or bind address.',
      ),
    ];
  });
}

function collide(a: Listener, b: Listener): boolean {
  return a.port === b.port && (a.address === b.address || a.address === '' || b.address === '');
}

function strayBinds({ cluster }: RuleInput): readonly LintFinding[] {
  return cluster.services.flatMap(({ name, binds, port }, index) => {
    const bound = binds.map((bind) => splitBind(bind).port);
    if (bound.includes(port)) return [];
    const message = `${name} has port ${port}, but binds ${bound.join(' and ')}: clients of port ${port} find nobody there`;
    return [
      lintError(
        'bind-port',
        ['services', index, 'bind'],
        message,
        `Bind port ${port}, or leave port out.`,
      ),
    ];
  });
}

function wildcard(address: string): string {
  return ['', '*', '::', '[::]', '0.0.0.0'].includes(address) ? '' : address;
}
