import { z } from 'zod';
import { parseHostPort } from '../values/host-port.ts';
import { ServiceCheckFile } from './check.ts';
import { Balance, Bind } from './haproxy-words.ts';
import { DefaultServerFile } from './haproxy.ts';
import { Count, Duration, IpOrCidr, oneOrMany, Port, SectionName } from './scalars.ts';

const BackendFile = z
  .strictObject({
    name: SectionName.describe('Name of the server: k8s-1.'),
    address: z
      .string()
      .refine((text) => parseHostPort(text) !== undefined, {
        error:
          'expected an IP address such as 192.168.9.130 or a DNS name such as api-1.example.org, with or without a port',
      })
      .describe(
        'Its IP address, or its DNS name, which haproxy keeps asking for (haproxy.resolvers); api-1.example.org:6443 is both name and port.',
      ),
    port: Port.optional().describe("Its port. Default: the service's."),
    weight: Count.max(256)
      .optional()
      .describe('Its share of the load. Default: that of default_server.'),
    backup: z
      .boolean()
      .optional()
      .describe('Use it only when all others are down. Default: false.'),
    count: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe(
        'Places for the addresses of a DNS name that has several: servers name1, name2 ... (server-template). Default: one server.',
      ),
  })
  .check((context) => {
    const { address, port } = context.value;
    const written = parseHostPort(address)?.port;
    if (port === undefined || written === undefined || port === written) return;
    const message = `the address has the port ${written} already: keep one of the two`;
    context.issues.push({ code: 'custom', message, input: port, path: ['port'] });
  });

export const ServiceFile = z.strictObject({
  name: SectionName.optional().describe(
    'Names the backend; the frontend is called <name>-frontend. Default: k8s-api.',
  ),
  port: Port.optional().describe('Port that clients connect to. Default: that of bind, else 6443.'),
  bind: oneOrMany(Bind)
    .optional()
    .describe(
      "HAProxy bind addresses with their options. Default: ':::<port> v4v6', all addresses of both families.",
    ),
  vrrp: oneOrMany(z.string().min(1))
    .optional()
    .describe(
      'Names of the VRRP groups that carry this service: it listens on their VIPs alone, and the firewall lets it in there. Needed where there are several groups. Default: all addresses.',
    ),
  maxconn: Count.min(1)
    .optional()
    .describe('Connections of this frontend. Default: that of haproxy.maxconn.'),
  balance: Balance.optional().describe(
    'Balancing algorithm: roundrobin, static-rr, leastconn, first, source, random, rdp-cookie or hash with an expression. Default: roundrobin.',
  ),
  check: ServiceCheckFile.optional().describe(
    'Health check of the servers: tcp, none, {type: tcp, port}, or {type: http|https, port, path, host, expect, headers} and for https ca. Default: tcp.',
  ),
  default_server: DefaultServerFile.optional().describe(
    "Values of this service's servers that differ from haproxy.default_server.",
  ),
  timeouts: z
    .strictObject({
      queue: Duration.optional().describe('Default: that of haproxy.timeouts.'),
      connect: Duration.optional().describe('Default: that of haproxy.timeouts.'),
      client: Duration.optional().describe('Default: that of haproxy.timeouts.'),
      server: Duration.optional().describe('Default: that of haproxy.timeouts.'),
      tunnel: Duration.optional().describe('Default: that of haproxy.timeouts.'),
    })
    .optional()
    .describe('Timeouts of this service that differ from haproxy.timeouts.'),
  allow: oneOrMany(IpOrCidr)
    .optional()
    .describe('Source addresses that may connect. Default: everyone.'),
  send_proxy: z
    .enum(['none', 'v1', 'v2'])
    .optional()
    .describe('Send the PROXY protocol to the servers. Default: none.'),
  backends: z
    .array(BackendFile)
    .min(1, 'a service needs a backend')
    .describe('The servers behind this service.'),
});
export type ServiceFile = z.infer<typeof ServiceFile>;
