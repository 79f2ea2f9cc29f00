import { z } from 'zod';
import { AlpineFile } from './schema/alpine.ts';
import { HaproxyFile } from './schema/haproxy.ts';
import { ImageFile } from './schema/image.ts';
import { NetworkFile, NodeFile } from './schema/node.ts';
import { ManagementFile } from './schema/management.ts';
import { oneOrMany, Path, SectionName } from './schema/scalars.ts';
import { SloFile } from './schema/slo.ts';
import { ServiceFile } from './schema/service.ts';
import { AccessFile, FirewallFile, RawFile, StatsFile, SystemFile } from './schema/system.ts';
import { VrrpFile } from './schema/vrrp.ts';

/**
 * The cluster file as written, before defaults. Keys are the daemons' own terms in snake_case
 * (keepalived.conf(5), HAProxy's configuration manual). Nothing is defaulted here: `resolve` must be able to
 * tell a value that the user wrote from one that a profile may choose.
 */
export const ClusterFile = z.strictObject({
  include: oneOrMany(Path)
    .optional()
    .describe(
      'Files with parts of this one, relative to it. What stands here wins, mappings are joined, lists are not. Default: none.',
    ),
  name: SectionName.optional().describe(
    'Name of the cluster, shown on consoles and in manifests. Default: cluster.',
  ),
  alpine: AlpineFile.optional().describe('Which Alpine Linux, from where, with which packages.'),
  image: ImageFile.optional().describe('How the ISOs are made.'),
  network: NetworkFile.optional().describe('Values that all nodes share.'),
  nodes: z.array(NodeFile).min(1, 'a cluster needs a node').describe('The proxies: one ISO each.'),
  vrrp: oneOrMany(VrrpFile).describe(
    'The virtual IP addresses and how keepalived moves them: one group, or a list of groups, each with a name, VIPs and an owner of its own. Values of the whole daemon (check but for its weight, notify, process_priority, garp_after_split) stand in one of the groups.',
  ),
  slo: SloFile.optional().describe(
    'Loss that you ask for, as seconds or as times with their unit: timers that you do not write follow from it, and a proof fails that measures more. Default: none.',
  ),
  haproxy: HaproxyFile.optional().describe("HAProxy's global and defaults sections."),
  services: z
    .array(ServiceFile)
    .min(1, 'a cluster needs a service')
    .describe('What is balanced: one frontend and backend each.'),
  management: ManagementFile.optional().describe(
    'A network for management alone. Default: none, ssh and stats are reached by any.',
  ),
  access: AccessFile.optional().describe('Who may log in.'),
  system: SystemFile.optional().describe('Time and logs.'),
  stats: StatsFile.optional().describe("HAProxy's statistics page. Default: none."),
  firewall: FirewallFile.optional().describe("The nodes' packet filter."),
  guest_agent: z
    .enum(['none', 'qemu', 'vmware', 'hyper-v'])
    .optional()
    .describe("The hypervisor's agent to run. Default: none."),
  overlay: Path.optional().describe(
    'Folder of your own files, laid over ours; relative to the cluster file.',
  ),
  raw: RawFile.optional().describe('Verbatim lines for the configuration files, after ours.'),
  lint: z
    .strictObject({
      ignore: z.array(z.string()).optional().describe('Codes of findings to silence.'),
    })
    .optional()
    .describe('Which findings you have judged and accept.'),
});
export type ClusterFile = z.infer<typeof ClusterFile>;

/** JSON Schema (2020-12) of the cluster file, for editors. */
export function clusterJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(ClusterFile, { io: 'input' }),
    // A place for anchors, which `readDocument` leaves out.
    patternProperties: { '^x-': {} },
    title: 'vipiso cluster file',
  };
}
