import type { ClusterModel } from '../../cluster/model.ts';
import { compareStrings } from '../../core/digest.ts';
import { guestAgentOf } from './guest-agent.ts';

/**
 * The packages an image of this cluster asks for (apk's world), sorted and without repeats, in apk's dependency
 * notation: the user's may carry a version or an `@tag`. All nodes of a cluster have the same world.
 */
export function worldOf(cluster: ClusterModel): readonly string[] {
  const { access, alpine, firewall, system } = cluster;
  const packages = [
    'alpine-base',
    'haproxy',
    'keepalived',
    // OpenRC's modloop service checks the modloop's signature with it, and checks nothing without.
    'openssl',
    ...(system.ntpServers.length > 0 ? ['chrony'] : []),
    ...(access.sshd ? ['openssh'] : []),
    ...(firewall.enabled ? ['nftables'] : []),
    ...(access.adminUser === undefined ? [] : ['doas']),
    ...(system.timezone === 'UTC' ? [] : ['tzdata']),
    ...guestAgentOf(cluster).packages,
    ...alpine.packages,
  ];
  return [...new Set(packages)].sort(compareStrings);
}

/** The world as the booted node sees it: its one repository is the ISO, which has no `@tag`. */
export function installedWorldOf(cluster: ClusterModel): readonly string[] {
  const untagged = worldOf(cluster).map((dependency) => dependency.replace(/@[^@<>=~]*$/, ''));
  return [...new Set(untagged)].sort(compareStrings);
}
