import { lintWarning } from '../../findings/finding.ts';
import type { ClusterModel, ServiceModel } from '../../model.ts';
import type { Rule } from '../rule.ts';

const KEEPALIVE_LINE = /\b(clitcpka|srvtcpka|tcpka|on-marked-down)\b/;

/** Connections to a server that vanished stay open until TCP gives up. */
export const stuck: Rule = ({ file, cluster }) =>
  cluster.services.flatMap((service, index) => {
    if (isGuarded(service, cluster)) return [];
    const written = file.services[index]?.default_server !== undefined;
    return [
      lintWarning(
        'stuck',
        ['services', index, ...(written ? ['default_server'] : [])],
        `clients of ${service.name} hang up to 15 minutes on a server that vanished: its connections are neither closed nor probed`,
        'Set default_server: {shutdown_sessions: true} here, or tcp_keepalive: true under haproxy.',
      ),
    ];
  });

function isGuarded(service: ServiceModel, { haproxy, raw }: ClusterModel): boolean {
  const lines = [...raw.haproxyDefaults, ...(raw.haproxyBackend[service.name] ?? [])];
  return (
    service.defaultServer.shutdownSessionsOnDown ||
    haproxy.tcpKeepalive === true ||
    lines.some((line) => KEEPALIVE_LINE.test(line))
  );
}
