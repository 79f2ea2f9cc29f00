import { parseAddress, toCidr } from '../address.ts';
import type { Address } from '../address.ts';
import type {
  HealthScriptModel,
  NodeModel,
  NotifyModel,
  VrrpInstanceModel,
  VrrpModel,
} from '../model.ts';
import type { ReferenceContext } from '../references.ts';
import { resolveSecret } from '../secret.ts';
import type { VrrpFile } from '../schema/vrrp.ts';
import { listOf } from './lists.ts';

const DEFAULT_VIRTUAL_ROUTER_ID = 51;

/** What `vrrp.profile` chooses for values that the user did not write. */
const PROFILES = {
  reference: {
    version: 2,
    advertInt: 1,
    check: { probe: 'process', interval: 2, timeout: undefined, fall: undefined, rise: undefined },
  },
  fast: {
    version: 3,
    advertInt: 0.1,
    check: { probe: 'port', interval: 1, timeout: 1, fall: 2, rise: 2 },
  },
} as const;

/**
 * Whether every node starts as BACKUP and the priorities decide: keepalived drops nopreempt and preempt_delay
 * from an instance whose initial state is MASTER.
 */
export function allStartAsBackup(file: VrrpFile): boolean {
  return isNopreempt(file) || (file.preempt_delay ?? 0) > 0;
}

function isNopreempt(file: VrrpFile): boolean {
  return file.nopreempt ?? file.preempt === false;
}

export function resolveVrrp(
  file: VrrpFile,
  nodes: readonly NodeModel[],
  context: ReferenceContext,
): VrrpModel {
  const profile = PROFILES[file.profile ?? 'reference'];
  const instances = resolveInstances(file);
  const needsVersion3 = instances.some(({ family }) => family === 6);
  return {
    version: file.version ?? (needsVersion3 ? 3 : profile.version),
    advertInt: file.advert_int ?? profile.advertInt,
    instances,
    preempt: isNopreempt(file)
      ? { mode: 'nopreempt' }
      : { mode: 'preempt', delay: file.preempt_delay ?? 0 },
    transport: file.unicast === true ? 'unicast' : 'multicast',
    authPass: file.auth_pass === undefined ? undefined : resolveSecret(file.auth_pass, context),
    garp: {
      masterDelay: file.garp_master_delay,
      masterRepeat: file.garp_master_repeat,
      masterRefresh: file.garp_master_refresh,
      masterRefreshRepeat: file.garp_master_refresh_repeat,
    },
    check: resolveCheck(file, nodes),
    notify: resolveNotify(file.notify),
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

function resolveCheck(file: VrrpFile, nodes: readonly NodeModel[]): HealthScriptModel {
  const profile = PROFILES[file.profile ?? 'reference'].check;
  const written = file.check ?? {};
  return {
    name: 'chk_haproxy',
    probe: written.probe ?? profile.probe,
    interval: written.interval ?? profile.interval,
    timeout: written.timeout ?? profile.timeout,
    weight: written.weight ?? (isNopreempt(file) ? 0 : weightAcross(nodes)),
    fall: written.fall ?? profile.fall,
    rise: written.rise ?? profile.rise,
    user: written.user ?? 'root',
  };
}

/** The smallest weight that lets the lowest node with a live haproxy overtake the highest without one. */
function weightAcross(nodes: readonly NodeModel[]): number {
  const priorities = nodes.map(({ priority }) => priority);
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
