import { z } from 'zod';
import { foreignLetter, hostProblem } from '../values/host-name.ts';
import {
  asciiWord,
  Count,
  Hostname,
  InterfaceName,
  IpOrCidr,
  KeepalivedWord,
  oneOrMany,
  ResultsInARow,
  ScriptUser,
  Seconds,
  PasswordSecret,
  TrackWeight,
  WholeSeconds,
} from './scalars.ts';
import { TrackScriptFile } from './track-script.ts';

/** RFC 5321 would take more before the `@`: what keepalived.conf reads as something else is left out. */
const MailAddress = asciiWord(
  /^[A-Za-z0-9.%&*+/=?^_|-]+@[A-Za-z0-9.-]+$/,
  'expected a mail address such as admin@example.org, without quotes and # ! $ ~ { }',
).refine(
  (text) =>
    foreignLetter(text) !== undefined || hostProblem(text.replace(/^.*@/, '')) === undefined,
  {
    error: 'the part behind the @ is no name of a mail domain',
  },
);

function smtpProblem(text: string): string | undefined {
  const [host = '', port, ...rest] = text.split(' ');
  if (rest.length > 0) return 'expected a host, or a host and a port: mail.example.org 25';
  const isPort = port === undefined || (/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535);
  return isPort ? hostProblem(host) : 'a port is a number from 1 to 65535';
}

const CheckFile = z.strictObject({
  probe: z
    .enum(['process', 'port'])
    .optional()
    .describe(
      'process: an haproxy process lives; port: it answers on a listener of its own, however full its services are. Default: process (fast profile: port).',
    ),
  interval: z
    .int('keepalived takes whole seconds')
    .min(1)
    .max(3600)
    .optional()
    .describe('Seconds between checks. Default: 2 (fast profile: 3).'),
  timeout: z
    .int('keepalived takes whole seconds')
    .min(1)
    .max(3600)
    .optional()
    .describe(
      "Seconds after which a check counts as failed. Default: keepalived's, the interval (fast profile: 2).",
    ),
  weight: TrackWeight.optional().describe(
    'Added to the priority while the check succeeds (negative: while it fails); 0 = a failed check is a fault and gives the VIP up. Default: one more than the largest priority gap, 2 for two nodes; 0 with nopreempt.',
  ),
  fall: ResultsInARow.optional().describe(
    'Failures until haproxy counts as dead. Default: 1 (fast profile: 2).',
  ),
  rise: ResultsInARow.optional().describe('Successes until haproxy counts as alive. Default: 1.'),
  track_process: z
    .boolean()
    .optional()
    .describe(
      'Beside these checks, give the VIP up the moment the kernel reports the end of haproxy (keepalived 2.0.11 or newer). Default: false (fast profile: true).',
    ),
  user: ScriptUser.optional().describe('Account that runs the check (script_user). Default: root.'),
});

const NotifyFile = z.strictObject({
  notification_email: oneOrMany(MailAddress)
    .optional()
    .describe('Who gets mail about state changes. Default: root@localhost.'),
  notification_email_from: MailAddress.optional().describe(
    'Sender of that mail. Default: keepalived@localhost.',
  ),
  smtp_server: z
    .string()
    .refine((text) => smtpProblem(text) === undefined, {
      error: ({ input }) => smtpProblem(String(input)),
    })
    .optional()
    .describe(
      'SMTP server, address or address and port; a name is looked up once, when keepalived starts. Default: 127.0.0.1.',
    ),
  smtp_connect_timeout: z.int().min(1).max(3600).optional().describe('Seconds. Default: 30.'),
  smtp_alert: z.boolean().optional().describe('Send mail on state changes. Default: false.'),
  router_id: KeepalivedWord.optional().describe(
    'Name of the router in that mail. Default: the host name.',
  ),
});

const GroupName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,30}$/, 'expected a name of up to 31 letters, digits, _ and -');

const Priority = z.int().min(1).max(254);

export const VrrpFile = z.strictObject({
  name: GroupName.optional().describe(
    'Name of the group, such as api; services and logs (VI_<name>) use it. Needed where there are several groups.',
  ),
  owner: Hostname.optional().describe(
    'Host name of the node that is MASTER of this group, or first in rank where all start as BACKUP. Default: as the nodes say, else the first.',
  ),
  priorities: z
    .record(Hostname, Priority)
    .optional()
    .describe(
      'Priorities of the nodes in this group, by host name, 1 to 254. Default: from 101 down, the owner first.',
    ),
  profile: z
    .enum(['reference', 'fast'])
    .optional()
    .describe(
      'Values for what you did not write: reference (VRRP 2, 1 s adverts) or fast (VRRP 3, 0.1 s adverts, high priorities, haproxy watched by its port and its process, API servers checked every second). Default: reference.',
    ),
  vip: oneOrMany(IpOrCidr).describe(
    'Virtual IP address or list of them, IPv4 or IPv6, with or without a prefix (/32 and /128 when absent).',
  ),
  interface: InterfaceName.optional().describe(
    "Interface that carries VRRP and the VIPs. Default: each node's first.",
  ),
  version: z
    .union([z.literal(2), z.literal(3)])
    .optional()
    .describe('VRRP version. Default: 2; 3 with an IPv6 VIP or the fast profile.'),
  virtual_router_id: z
    .int()
    .min(1, 'a virtual_router_id is 1 to 255')
    .max(255, 'a virtual_router_id is 1 to 255')
    .optional()
    .describe('Identity of the pair on its LAN, 1 to 255; unique there. Default: 51.'),
  advert_int: z
    .number()
    .positive()
    .optional()
    .describe(
      'Seconds between adverts: whole with VRRP 2, 0.01 to 40.95 with VRRP 3. Default: 1 (fast profile: 0.1).',
    ),
  use_vmac: z
    .boolean()
    .optional()
    .describe(
      "Give the VIPs the virtual router's MAC address (00:00:5e:00:01:<id>), so that no neighbour has to learn another one. Hypervisors must let a machine use further MAC addresses. Default: false.",
    ),
  unicast: z
    .boolean()
    .optional()
    .describe("Send adverts to the other nodes' addresses instead of multicast. Default: false."),
  preempt: z
    .boolean()
    .optional()
    .describe('A node of higher priority takes the VIP back when it returns. Default: true.'),
  nopreempt: z
    .boolean()
    .optional()
    .describe(
      'The reverse of preempt: the VIP stays where it is; all nodes start as BACKUP. Default: false.',
    ),
  preempt_delay: Seconds.max(1000)
    .optional()
    .describe(
      'Seconds that a returning node waits before it takes the VIP back, up to 1000; all nodes start as BACKUP then. Default: 0.',
    ),
  auth_pass: PasswordSecret.optional().describe(
    'Password of VRRP 2 (auth_type PASS), up to 8 characters: {file: path} or {env: NAME}. Default: none.',
  ),
  garp_master_delay: WholeSeconds.optional().describe(
    'Seconds until the second round of gratuitous ARP. Default: 5 by keepalived (fast profile: 1).',
  ),
  garp_master_repeat: Count.min(1)
    .max(1000)
    .optional()
    .describe('Gratuitous ARPs per round. Default: 5 by keepalived.'),
  garp_master_refresh: WholeSeconds.optional().describe(
    'Seconds between gratuitous ARPs while MASTER. Default: 60 (fast profile: 10).',
  ),
  garp_master_refresh_repeat: Count.min(1)
    .max(1000)
    .optional()
    .describe('Gratuitous ARPs per refresh. Default: 1 by keepalived.'),
  garp_after_split: z
    .boolean()
    .optional()
    .describe(
      'After a split of the network, make the winner announce the VIP in every case (vrrp_higher_prio_send_advert). Default: true.',
    ),
  process_priority: z
    .int()
    .min(-20)
    .max(19)
    .optional()
    .describe(
      'Nice value of the keepalived process that sends and hears adverts (vrrp_priority). Default: none (fast profile: -20).',
    ),
  scripts: z
    .array(z.union([z.string(), TrackScriptFile]))
    .optional()
    .describe(
      'Track scripts of your own: what else this group depends on. A name alone stands for the script of that name of another group.',
    ),
  check: CheckFile.optional().describe(
    'How keepalived judges the local haproxy (vrrp_script chk_haproxy).',
  ),
  notify: NotifyFile.optional().describe("Mail about state changes (keepalived's global_defs)."),
});
export type VrrpFile = z.infer<typeof VrrpFile>;
