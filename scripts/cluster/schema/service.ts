import { z } from 'zod';
import { DefaultServerFile } from './haproxy.ts';
import {
  Count,
  Duration,
  IpAddress,
  IpOrCidr,
  oneOrMany,
  Path,
  Port,
  SectionName,
  Word,
} from './scalars.ts';

const BackendFile = z.strictObject({
  name: SectionName.describe('Name of the server: k8s-1.'),
  address: IpAddress.describe('Its IP address.'),
  port: Port.optional().describe("Its port. Default: the service's."),
  weight: Count.max(256)
    .optional()
    .describe('Its share of the load. Default: that of default_server.'),
  backup: z.boolean().optional().describe('Use it only when all others are down. Default: false.'),
});

const HttpsCheckFile = z.strictObject({
  type: z.literal('https').describe('Ask for a page by HTTPS.'),
  path: z
    .string()
    .regex(/^\/[^\s"'\\#]*$/, 'expected a path such as /readyz')
    .optional()
    .describe('Page to ask for. Default: /readyz.'),
  host: Word.optional().describe('Host header and TLS server name. Default: none.'),
  expect: oneOrMany(z.int().min(100).max(599))
    .optional()
    .describe('Status codes of a healthy server, such as 200 or [200, 401]. Default: 200.'),
  ca: Path.optional().describe(
    'PEM file of the CA that signs the API servers, relative to the cluster file. Default: none, certificates are not verified.',
  ),
});

const CheckFile = z.union([
  z.enum(['tcp', 'https', 'none']),
  z.strictObject({ type: z.literal('tcp').describe('Connect to the port.') }),
  HttpsCheckFile,
  z.strictObject({ type: z.literal('none').describe('No health check.') }),
]);

/** Of `ADDRESS:PORT` and options. */
function portOf(bind: string): number {
  const [endpoint = ''] = bind.split(' ');
  return Number(endpoint.slice(endpoint.lastIndexOf(':') + 1));
}

export const ServiceFile = z.strictObject({
  name: SectionName.optional().describe(
    'Names the backend; the frontend is called <name>-frontend. Default: k8s-api.',
  ),
  port: Port.optional().describe('Port that clients connect to. Default: that of bind, else 6443.'),
  bind: oneOrMany(
    z
      .string()
      .regex(
        /^[^\s"'\\#]*:\d+( [A-Za-z0-9_.:/-]+)*$/,
        'expected ADDRESS:PORT and bind options, such as ":::6443 v4v6"',
      )
      .refine((bind) => Port.safeParse(portOf(bind)).success, 'a port is a number from 1 to 65535'),
  )
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
  balance: z
    .string()
    .regex(
      /^[a-z]+[a-z-]*(\([A-Za-z0-9_,-]+\))?( [A-Za-z0-9_.-]+)*$/,
      'expected an algorithm such as roundrobin or leastconn',
    )
    .optional()
    .describe('Balancing algorithm. Default: roundrobin.'),
  check: CheckFile.optional().describe(
    'Health check of the servers: tcp, none, or {type: https, path, host, expect, ca}. Default: tcp.',
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
export type ServiceCheckFile = z.infer<typeof CheckFile>;
