import type { NodeModel } from '../../cluster/model.ts';
import type { TrackScriptModel } from '../../cluster/vrrp-model.ts';

/** Where a script of the user's lies in the image. */
export function trackScriptPath(name: string): string {
  return `etc/keepalived/track/${name}.sh`;
}

/**
 * A file for each command: keepalived resolves the path of a bare one, which turns a busybox applet into /bin/busybox,
 * and wants a file that root alone may write.
 */
export function trackScriptText(
  { name, action, timeout }: TrackScriptModel,
  node: NodeModel,
): string {
  const head = `#!/bin/sh\n# keepalived's track script ${name}: exit 0 is success.\n`;
  if (action.type === 'run') return `${head}${action.command}\n`;
  const address = action.address ?? gatewayOf(node);
  // Without a gateway there is nobody to ask.
  if (address === undefined) return `${head}exit 1\n`;
  const tries = Math.max(1, timeout - 1);
  return `${head}exec ping -q -c 1 -W ${tries} ${address} >/dev/null\n`;
}

/** The node's default gateway, of IPv4 if it has one. */
function gatewayOf({ interfaces }: NodeModel): string | undefined {
  const four = interfaces.find(({ gateway4 }) => gateway4 !== undefined)?.gateway4;
  if (four !== undefined) return four;
  const six = interfaces.find(({ gateway6 }) => gateway6 !== undefined);
  if (six?.gateway6 === undefined) return undefined;
  return /^fe[89ab]/i.test(six.gateway6) ? `${six.gateway6}%${six.name}` : six.gateway6;
}
