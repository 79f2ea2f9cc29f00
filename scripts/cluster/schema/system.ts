import { z } from 'zod';
import { hostProblem, isDnsName } from '../values/host-name.ts';
import { splitHostPort } from '../values/host-port.ts';
import { ListenAddress } from './haproxy-words.ts';
import {
  ACCOUNT_NAME,
  Hostname,
  HostName,
  IpOrCidr,
  Lines,
  oneOrMany,
  Path,
  Port,
  SectionName,
  HashSecret,
  HostKeySecret,
  PasswordSecret,
  Word,
} from './scalars.ts';

const AccountName = z
  .string()
  .regex(ACCOUNT_NAME, 'expected an account name: lower-case letters, digits, _ and -');

const SshKey = z
  .string()
  .regex(
    /^[^\n]*(ssh-|ecdsa-|sk-)\S+ [A-Za-z0-9+/=]+( .*)?$/,
    'expected a public key line such as "ssh-ed25519 AAAA... name"',
  );
const SshKeyFile = z.strictObject({
  file: Path.describe('File of public keys, one a line; relative to the cluster file.'),
});
export type SshKeysFile = z.infer<typeof SshKey> | z.infer<typeof SshKeyFile>;

export const AccessFile = z.strictObject({
  ssh_authorized_keys: z
    .union([SshKey, SshKeyFile, z.array(z.union([SshKey, SshKeyFile])).min(1, 'the list is empty')])
    .optional()
    .describe('Public keys that may log in: lines, or {file: path} of such lines. Default: none.'),
  sshd: z
    .boolean()
    .optional()
    .describe('Start sshd (keys only). Default: true when there are ssh_authorized_keys.'),
  ssh: z
    .strictObject({
      host_keys: z
        .record(Hostname, oneOrMany(HostKeySecret))
        .optional()
        .describe(
          'Private host keys of each node, by its host name: {lb-1: {file: secrets/lb-1.ssh-host-key}}; vipiso key new --ssh-host makes them. Default: a node makes new ones at each boot.',
        ),
      host_certificates: z
        .record(Hostname, oneOrMany(Path))
        .optional()
        .describe(
          'Certificates of these keys, by the host name, as ssh-keygen -s writes them: {lb-1: lb-1-cert.pub}. Default: none.',
        ),
    })
    .optional()
    .describe('What tells the nodes apart to ssh.'),
  root_password_hash: HashSecret.optional().describe(
    "crypt(3) hash of root's password: {file: path} or {env: NAME}. Default: root is locked.",
  ),
  admin_user: z
    .strictObject({
      name: AccountName.describe('Account name; gets the ssh_authorized_keys.'),
      password_hash: HashSecret.optional().describe(
        'crypt(3) hash of its password. Default: locked, keys only.',
      ),
    })
    .optional()
    .describe('An administrator beside root. Default: none.'),
});
export type AccessFile = z.infer<typeof AccessFile>;

function syslogProblem(text: string): string | undefined {
  const { host, port } = splitHostPort(text);
  if (port !== undefined && !Port.safeParse(port).success)
    return 'a port is a number from 1 to 65535';
  return hostProblem(host);
}

export const SystemFile = z.strictObject({
  timezone: z
    .string()
    .regex(
      /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/,
      'expected a time zone such as UTC or Europe/Berlin',
    )
    .optional()
    .describe('Time zone. Default: UTC.'),
  ntp_servers: z.array(HostName).optional().describe('NTP servers. Default: [pool.ntp.org].'),
  syslog: z
    .string()
    .refine((text) => syslogProblem(text) === undefined, {
      error: ({ input }) => syslogProblem(String(input)),
    })
    .optional()
    .describe(
      'Host that receives syslog, host or host:port. Default: none, logs stay on the node.',
    ),
  syslog_protocol: z
    .enum(['udp', 'tcp', 'tls'])
    .optional()
    .describe(
      'How it is sent: udp; tcp (a line each) or tls (RFC 5425), both through haproxy, so that lines of a node whose haproxy is down stay on the node. Default ports: 514, 514, 6514. Default: udp.',
    ),
  syslog_ca: Path.optional().describe(
    "PEM file of the CA that signs the receiver's certificate, relative to the cluster file; tls needs it.",
  ),
  syslog_name: HostName.refine((name) => isDnsName(name), 'expected a DNS name')
    .optional()
    .describe(
      "DNS name that the receiver's certificate has to be for, sent as SNI as well; with tls. Default: any that the CA has signed.",
    ),
});
export type SystemFile = z.infer<typeof SystemFile>;

export const StatsFile = z.strictObject({
  bind: ListenAddress.optional().describe(
    'Address that serves the page. Default: 127.0.0.1, this node only.',
  ),
  port: Port.optional().describe('Its port. Default: 8404.'),
  prometheus: z.boolean().optional().describe('Serve /metrics for Prometheus. Default: true.'),
  user: Word.optional().describe('Name to log in with. Default: no login.'),
  password: PasswordSecret.optional().describe(
    'Password to log in with: {file: path} or {env: NAME}.',
  ),
});
export type StatsFile = z.infer<typeof StatsFile>;

export const FirewallFile = z.strictObject({
  enabled: z
    .boolean()
    .optional()
    .describe('Let in only VRRP, the services, ssh and stats. Default: true.'),
  allow_management: oneOrMany(IpOrCidr)
    .optional()
    .describe('Source addresses that may reach ssh and stats. Default: everyone.'),
  ports: z
    .array(
      z.strictObject({
        name: SectionName.describe('What listens there: node-exporter. Names the rule.'),
        port: oneOrMany(Port).describe('Port, or a list of them.'),
        protocol: z.enum(['tcp', 'udp']).optional().describe('tcp or udp. Default: tcp.'),
        from: oneOrMany(IpOrCidr)
          .optional()
          .describe('Source addresses that may reach it. Default: everyone.'),
        open_on: z
          .enum(['services', 'management', 'all'])
          .optional()
          .describe(
            'Interfaces it is open on, where management.interface sets one apart: services (all but that one), management (that one alone), or all. Default: services.',
          ),
      }),
    )
    .optional()
    .describe(
      'Further ports to let in, of programs that packages or overlay bring. Default: none.',
    ),
});
export type FirewallFile = z.infer<typeof FirewallFile>;

const bySection = z.record(SectionName, Lines);

export const RawFile = z.strictObject({
  haproxy: z
    .strictObject({
      global: Lines.optional().describe('Lines for the global section.'),
      defaults: Lines.optional().describe('Lines for the defaults section.'),
      frontend: bySection.optional().describe('Lines per frontend, by the name of its service.'),
      backend: bySection.optional().describe('Lines per backend, by the name of its service.'),
    })
    .optional()
    .describe('Lines for haproxy.cfg.'),
  keepalived: z
    .strictObject({
      global_defs: Lines.optional().describe('Lines for global_defs.'),
      vrrp_instance: Lines.optional().describe('Lines for every vrrp_instance.'),
    })
    .optional()
    .describe('Lines for keepalived.conf.'),
});
export type RawFile = z.infer<typeof RawFile>;
