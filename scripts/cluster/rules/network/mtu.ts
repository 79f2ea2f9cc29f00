import { lintError } from '../../findings/finding.ts';
import { parseAddress } from '../../values/address.ts';
import type { Rule } from '../rule.ts';
import { sharedValuePath } from '../vrrp/interface-path.ts';
import { carries } from './reach.ts';

/** RFC 8200, section 5: the least that every link of IPv6 carries. The kernel takes IPv6 away from one that does not. */
const LEAST_OF_IPV6 = 1280;

export const mtu: Rule = (input) => {
  const { cluster } = input;
  return cluster.nodes.flatMap((node, index) =>
    node.interfaces.flatMap(({ name, mtu: bytes, addresses, gateway6 }, place) => {
      if (bytes === undefined || bytes >= LEAST_OF_IPV6) return [];
      const speaks =
        gateway6 !== undefined ||
        addresses.some((text) => parseAddress(text)?.family === 6) ||
        carries(cluster, node, name, 6);
      if (!speaks) return [];
      const path = sharedValuePath(input, index, place, 'mtu');
      const message = `${name} of ${node.hostname} has IPv6 and an MTU of ${bytes}: below ${LEAST_OF_IPV6} the kernel switches IPv6 off on it`;
      return [lintError('mtu', path, message, `Use ${LEAST_OF_IPV6} or more, or IPv4 alone.`)];
    }),
  );
};
