import { parseAddress, toCidr } from '../address.ts';
import type { Address } from '../address.ts';
import type {
  HealthScriptModel,
  NotifyModel,
  VrrpGroupModel,
  VrrpInstanceModel,
  VrrpMemberModel,
  VrrpModel,
} from '../model.ts';
import type { ReferenceContext } from '../references.ts';
import { resolveSecret } from '../secret.ts';
import type { ClusterFile } from '../schema.ts';
import type { VrrpFile } from '../schema/vrrp.ts';
import { groupFilesOf } from './groups.ts';
import type { GroupFile } from './groups.ts';
import { listOf } from './lists.ts';
import { vrrpInterface } from './nodes.ts';
import type { NodeNetwork } from './nodes.ts';
import { profileOf } from './profiles.ts';
import { allStartAsBackup, isNopreempt, topPriority } from './rank.ts';
import { resolveRoles } from './roles.ts';

const DEFAULT_VIRTUAL_ROUTER_ID = 51;
const DEFAULT_GROUP = 'vip';

export function resolveVrrp(
  file: ClusterFile,
  nodes: readonly NodeNetwork[],
  context: ReferenceContext,
): VrrpModel {
  const [first, ...others] = groupFilesOf(file);
  const group = (one: GroupFile): VrrpGroupModel =>
    resolveGroup(one.written, membersOf(one.written, file, nodes), context);
  const { written } = first;
  const profile = profileOf(written);
  return {
    groups: [group(first), ...others.map(group)],
    check: resolveCheck(written),
    garpAfterSplit: written.garp_after_split ?? profile.garp.afterSplit,
    processPriority: written.process_priority ?? profile.processPriority,
    notify: resolveNotify(written.notify),
  };
}

function membersOf(
  written: VrrpFile,
  { nodes: files }: ClusterFile,
  nodes: readonly NodeNetwork[],
): readonly VrrpMemberModel[] {
  const allBackup = allStartAsBackup(written);
  const roles = resolveRoles(files, { allBackup, top: topPriority(written, files) });
  return nodes.map((node, index) => ({
    hostname: node.hostname,
    role: roles[index]?.role ?? 'BACKUP',
    priority: roles[index]?.priority ?? 1,
    interface: vrrpInterface(node, written.interface),
  }));
}

function resolveGroup(
  file: VrrpFile,
  members: readonly VrrpMemberModel[],
  context: ReferenceContext,
): VrrpGroupModel {
  const profile = profileOf(file);
  const instances = resolveInstances(file);
  const needsVersion3 = instances.some(({ family }) => family === 6);
  return {
    name: DEFAULT_GROUP,
    members,
    version: file.version ?? (needsVersion3 ? 3 : profile.version),
    advertInt: file.advert_int ?? profile.advertInt,
    instances,
    preempt: isNopreempt(file)
      ? { mode: 'nopreempt' }
      : { mode: 'preempt', delay: file.preempt_delay ?? 0 },
    transport: file.unicast === true ? 'unicast' : 'multicast',
    authPass: file.auth_pass === undefined ? undefined : resolveSecret(file.auth_pass, context),
    garp: {
      masterDelay: file.garp_master_delay ?? profile.garp.masterDelay,
      masterRepeat: file.garp_master_repeat,
      masterRefresh: file.garp_master_refresh ?? profile.garp.masterRefresh,
      masterRefreshRepeat: file.garp_master_refresh_repeat,
    },
    checkWeight: file.check?.weight ?? (isNopreempt(file) ? 0 : weightAcross(members)),
  };
}

/** One instance per address family (RFC 9568); both may share the identity, which is per family. */
function resolveInstances(file: VrrpFile): readonly VrrpInstanceModel[] {
  const vips = listOf(file.vip)
    .map((text) => parseAddress(text))
    .filter((vip): vip is Address => vip !== undefined);
  const families = ([4, 6] as const).filter((family) => vips.some((vip) => vip.family === family));
  return families.map((family, index) => ({
    name: `VI_${index + 1}`,
    family,
    virtualRouterId: file.virtual_router_id ?? DEFAULT_VIRTUAL_ROUTER_ID,
    addresses: vips.filter((vip) => vip.family === family).map(toCidr),
  }));
}

function shorter(profile: number | undefined, written: number | undefined): number | undefined {
  return profile === undefined || written === undefined ? profile : Math.min(profile, written);
}

function resolveCheck(file: VrrpFile): HealthScriptModel {
  const profile = profileOf(file).check;
  const written = file.check ?? {};
  return {
    name: 'chk_haproxy',
    probe: written.probe ?? profile.probe,
    interval: written.interval ?? profile.interval,
    // The profile's is for its own interval; a shorter one of the user's takes it along.
    timeout: written.timeout ?? shorter(profile.timeout, written.interval),
    fall: written.fall ?? profile.fall,
    rise: written.rise ?? profile.rise,
    user: written.user ?? 'root',
    trackProcess: written.track_process ?? profile.trackProcess,
  };
}

/** The smallest weight that lets the lowest node with a live haproxy overtake the highest without one. */
function weightAcross(members: readonly VrrpMemberModel[]): number {
  const priorities = members.map(({ priority }) => priority);
  return Math.max(2, Math.max(...priorities) - Math.min(...priorities) + 1);
}

function resolveNotify(file: VrrpFile['notify'] = {}): NotifyModel {
  const to = listOf(file.notification_email);
  return {
    emailTo: to.length === 0 ? ['root@localhost'] : to,
    emailFrom: file.notification_email_from ?? 'keepalived@localhost',
    smtpServer: file.smtp_server ?? '127.0.0.1',
    smtpConnectTimeout: file.smtp_connect_timeout ?? 30,
    smtpAlert: file.smtp_alert ?? false,
    routerId: file.router_id,
  };
}
