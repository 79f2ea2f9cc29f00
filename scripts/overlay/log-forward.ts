import type { ClusterModel } from '../cluster/model.ts';
import { joinHostPort } from '../cluster/values/address.ts';
import { parseHostPort } from '../cluster/values/host-port.ts';
import type { View } from './view/view-schema.ts';

/** Where syslogd hands its lines to haproxy, which alone of the two speaks TCP and TLS. */
const LISTEN = '127.0.0.1:5140';
/** RFC 5425: syslog over TLS. By TCP there is no registered port; receivers listen on 514. */
const PORTS = { tcp: 514, tls: 6514 } as const;

/** Where the CA of the receiver lies in the image. */
export const SYSLOG_CA_PATH = 'etc/haproxy/ca-of-syslog.pem';

/** HAProxy's log-forward section and ring for a receiver by TCP or TLS; undefined for UDP, which syslogd sends itself. */
export function logForwardView({ system }: ClusterModel): View['haproxy']['logForward'] {
  const protocol = system.syslogProtocol ?? 'udp';
  if (system.syslogTarget === undefined || protocol === 'udp') return undefined;
  const target = parseHostPort(system.syslogTarget);
  return {
    listen: LISTEN,
    receiver: joinHostPort(target?.host ?? '', target?.port ?? PORTS[protocol]),
    tls: protocol === 'tls',
    caFile: system.syslogCa === undefined ? undefined : `/${SYSLOG_CA_PATH}`,
    name: protocol === 'tls' ? system.syslogName : undefined,
  };
}

/** Where syslogd sends its lines by UDP: to the receiver, or to the haproxy of its own node. */
export function syslogdTarget(cluster: ClusterModel): string | undefined {
  return logForwardView(cluster)?.listen ?? cluster.system.syslogTarget;
}
