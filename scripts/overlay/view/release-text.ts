import type { View } from './view-schema.ts';

/**
 * The text of `/etc/vipiso/release.json`: which build a node runs. It holds nothing that is known only once the image
 * is made, such as the image's own digest, and no secret.
 */
export function releaseText(view: View): string {
  const { version, release, cluster, hostname, role, vrrpGroups } = view;
  const facts = {
    schema: 1,
    version,
    /** First digits of the lock's digest: the packages. */
    lock: release,
    cluster,
    node: hostname,
    role,
    vrrp: vrrpGroups.map((group) => ({
      group: group.name,
      role: group.role,
      priority: group.priority,
      interface: group.interface,
      vips: group.vips,
    })),
  };
  return `${JSON.stringify(facts, null, 2)}\n`;
}
