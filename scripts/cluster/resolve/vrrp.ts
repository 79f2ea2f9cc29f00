import type { ReferenceContext } from '../references.ts';
import type { ClusterFile } from '../schema.ts';
import type { NodeFile } from '../schema/node.ts';
import type { VrrpFile } from '../schema/vrrp.ts';
import { resolveSecret } from '../secrets/secret.ts';
import { parseAddress, toCidr } from '../values/address.ts';
import type { Address } from '../values/address.ts';
import type {
  HealthScriptModel,
  NotifyModel,
  VrrpGroupModel,
  VrrpInstanceModel,
  VrrpMemberModel,
  VrrpModel,
} from '../vrrp-model.ts';
import { groupFilesOf, sharedValue } from './groups.ts';
import type { GroupFile } from './groups.ts';
import { listOf } from './lists.ts';
import { vrrpInterface } from './nodes.ts';
import type { NodeNetwork } from './nodes.ts';
import { daemonProfileOf, profileOf } from './profiles.ts';
import type { Profile } from './profiles.ts';
import { allStartAsBackup, isNopreempt, topPriority } from './rank.ts';
import { resolveRoles } from './roles.ts';
import { resolveScripts, trackedBy } from './track-scripts.ts';

const DEFAULT_VIRTUAL_ROUTER_ID = 51;

export function resolveVrrp(
  file: ClusterFile,
  nodes: readonly NodeNetwork[],
  context: ReferenceContext,
): VrrpModel {
  const files = groupFilesOf(file);
  const [first, ...others] = files;
  const ids = routerIds(files);
  const group = (one: GroupFile): VrrpGroupModel =>
    resolveGroup(one, membersOf(one.written, file, nodes), ids.get(one) ?? 0, context);
  const profile = daemonProfileOf(files);
  return {
    groups: [group(first), ...others.map(group)],
    check: resolveCheck(sharedValue(files, ({ check }) => withoutWeight(check)) ?? {}, profile),
    scripts: resolveScripts(files),
    garpAfterSplit: sharedValue(files, (it) => it.garp_after_split) ?? profile.garp.afterSplit,
    processPriority: sharedValue(files, (it) => it.process_priority) ?? profile.processPriority,
    notify: resolveNotify(sharedValue(files, ({ notify }) => notify)),
  };
}

/** What is written, and for the others the next numbers that no group has. */
function routerIds(files: readonly GroupFile[]): ReadonlyMap<GroupFile, number> {
  const taken = new Set(files.map(({ written }) => written.virtual_router_id));
  let next = DEFAULT_VIRTUAL_ROUTER_ID;
  return new Map(
    files.map((file) => {
      const { virtual_router_id: written } = file.written;
      if (written !== undefined) return [file, written];
      while (taken.has(next)) next += 1;
      taken.add(next);
      return [file, next];
    }),
  );
}

function membersOf(
  written: VrrpFile,
  { nodes: files }: ClusterFile,
  nodes: readonly NodeNetwork[],
): readonly VrrpMemberModel[] {
  const allBackup = allStartAsBackup(written);
  const ranked = nodesInGroup(written, files);
  const lead = files.findIndex(({ hostname }) => hostname === written.owner);
  const top = topPriority(written, ranked);
  const roles = resolveRoles(ranked, { allBackup, top, ...(lead >= 0 && { lead }) });
  return nodes.map((node, index) => ({
    hostname: node.hostname,
    role: roles[index]?.role ?? 'BACKUP',
    priority: roles[index]?.priority ?? 1,
    interface: vrrpInterface(node, written.interface),
  }));
}

/** The nodes' roles and priorities as this group sees them: its owner and priorities come first. */
function nodesInGroup(
  { owner, priorities }: VrrpFile,
  nodes: readonly NodeFile[],
): readonly NodeFile[] {
  return nodes.map(({ role, priority, ...node }) => ({
    ...node,
    role: owner === undefined ? role : undefined,
    priority: priorities === undefined ? priority : priorities[node.hostname],
  }));
}

function resolveGroup(
  { written: file, name }: GroupFile,
  members: readonly VrrpMemberModel[],
  virtualRouterId: number,
  context: ReferenceContext,
): VrrpGroupModel {
  const profile = profileOf(file);
  const instances = resolveInstances(file, virtualRouterId);
  const needsVersion3 = instances.some(({ family }) => family === 6);
  return {
    name,
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
    checkWeight: file.check?.weight ?? checkWeightOver(file, members),
    tracked: trackedBy(file, weightAcross(members)),
    useVmac: file.use_vmac ?? false,
  };
}

/** One instance per address family (RFC 9568); both may share the identity, which is per family. */
function resolveInstances(file: VrrpFile, virtualRouterId: number): readonly VrrpInstanceModel[] {
  const vips = listOf(file.vip)
    .map((text) => parseAddress(text))
    .filter((vip): vip is Address => vip !== undefined);
  const families = ([4, 6] as const).filter((family) => vips.some((vip) => vip.family === family));
  return families.map((family, index) => ({
    name: file.name === undefined ? `VI_${index + 1}` : namedInstance(file.name, index),
    family,
    virtualRouterId,
    addresses: vips.filter((vip) => vip.family === family).map(toCidr),
  }));
}

function namedInstance(group: string, index: number): string {
  return index === 0 ? `VI_${group}` : `VI_${group}_6`;
}

type CheckFile = NonNullable<VrrpFile['check']>;

/** Nothing where nothing but the weight is written, which is the group's own. */
function withoutWeight(check: CheckFile = {}): CheckFile | undefined {
  const shared = Object.entries(check).filter(([key]) => key !== 'weight');
  return shared.length === 0 ? undefined : check;
}

function shorter(profile: number | undefined, written: number | undefined): number | undefined {
  return profile === undefined || written === undefined ? profile : Math.min(profile, written);
}

function resolveCheck(written: CheckFile, { check: profile }: Profile): HealthScriptModel {
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

/** A dead haproxy must weigh more than the gap and all scripts of the user's together. */
function checkWeightOver(file: VrrpFile, members: readonly VrrpMemberModel[]): number {
  if (isNopreempt(file)) return 0;
  const unit = weightAcross(members);
  const tracked = trackedBy(file, unit);
  return unit + tracked.reduce((sum, { weight }) => sum + Math.abs(weight), 0);
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
