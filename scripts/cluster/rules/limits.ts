import { lintError, lintWarning } from '../findings/finding.ts';
import type { LintFinding } from '../findings/finding.ts';
import { parseAddress } from '../values/address.ts';
import { parseHostPort } from '../values/host-port.ts';
import type { Rule, RuleInput } from './rule.ts';

/** Of HAProxy's introduction (3.6): saturated connections for each GB of memory. */
const CONNECTIONS_PER_GB = 20_000;
/** 16 GB for connections alone: more than a load balancer's virtual machine usually has. */
const MANY = 320_000;
/** The kernel's ports for outgoing connections, 32768 to 60999, to one address and port. */
const LOCAL_PORTS = 28_232;

/** Figures that fit together, and a receiver of logs that haproxy can reach. */
export const limits: Rule = (input) => [...memory(input), ...localPorts(input), ...logs(input)];

function memory({ cluster }: RuleInput): readonly LintFinding[] {
  const { maxconn } = cluster.haproxy;
  if (maxconn <= MANY) return [];
  const gigabytes = Math.ceil(maxconn / CONNECTIONS_PER_GB);
  const message = `${maxconn} connections take some ${gigabytes} GB of memory when they are busy, and ${2 * maxconn} open files, for which the node's limits are raised`;
  return [
    lintWarning(
      'limits',
      ['haproxy', 'maxconn'],
      message,
      'Give the nodes that much, or lower haproxy.maxconn.',
    ),
  ];
}

function localPorts({ file, cluster }: RuleInput): readonly LintFinding[] {
  return cluster.services.flatMap(
    ({ name, defaultServer: { maxconn }, frontendMaxconn }, index) => {
      const most = Math.min(maxconn === 0 ? Infinity : maxconn, frontendMaxconn ?? Infinity);
      if (most <= LOCAL_PORTS || !Number.isFinite(most)) return [];
      const own = file.services[index]?.default_server?.maxconn !== undefined;
      const message = `${name} wants up to ${most} connections to each server, but a node has ${LOCAL_PORTS} ports for connections to one address and port`;
      const path = [...(own ? ['services', index] : ['haproxy']), 'default_server', 'maxconn'];
      return [
        lintWarning('limits', path, message, `Use ${LOCAL_PORTS} or less, and more servers.`),
      ];
    },
  );
}

function logs({ file, cluster }: RuleInput): readonly LintFinding[] {
  const { syslogTarget, syslogProtocol = 'udp' } = cluster.system;
  const found: LintFinding[] = [];
  if (syslogTarget === undefined) {
    if (file.system?.syslog_protocol !== undefined)
      found.push(
        lintError(
          'syslog',
          ['system', 'syslog_protocol'],
          'there is no receiver of logs that this protocol could be spoken to',
          'Add syslog: its address.',
        ),
      );
    return found;
  }
  const target = parseHostPort(syslogTarget);
  if (target !== undefined && syslogProtocol !== 'udp' && parseAddress(target.host) === undefined)
    found.push(
      lintError(
        'syslog',
        ['system', 'syslog'],
        `haproxy sends logs by ${syslogProtocol.toUpperCase()} to an IP address alone, and ${target.host} is a name`,
        'Write it as 192.168.9.10 or 192.168.9.10:514.',
      ),
    );
  if (syslogProtocol === 'tls' && file.system?.syslog_ca === undefined)
    found.push(
      lintWarning(
        'syslog',
        ['system', 'syslog_protocol'],
        'the receiver of the logs is not verified: whoever takes its address reads them',
        'Add syslog_ca: the PEM file of the CA that signs its certificate.',
      ),
    );
  if (file.system?.syslog_name !== undefined && file.system.syslog_ca === undefined)
    found.push(
      lintError(
        'syslog',
        ['system', 'syslog_name'],
        'nothing looks at the name of a certificate that no CA is known for',
        'Add syslog_ca, and syslog_protocol: tls; or leave syslog_name out.',
      ),
    );
  return found;
}
