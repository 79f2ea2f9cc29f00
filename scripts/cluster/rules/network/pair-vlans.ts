import { lintWarning } from '../../findings/finding.ts';
import { memberOf } from '../../vrrp-groups.ts';
import type { Rule } from '../rule.ts';
import { interfacePath } from '../vrrp/interface-path.ts';
import { placedGroups } from '../vrrp/placed-groups.ts';

/**
 * Nodes of one VRRP group in different VLANs: they do not hear each other, so both hold the VIPs. One without a VLAN may
 * be where a virtual switch puts the tag on.
 */
export const pairVlans: Rule = (input) =>
  placedGroups(input).flatMap(({ group }) => {
    const tagged = input.cluster.nodes.flatMap((node, index) => {
      const { interface: carrier } = memberOf(group, node);
      const place = node.interfaces.findIndex(({ name }) => name === carrier);
      const id = node.interfaces[place]?.vlan?.id;
      return id === undefined ? [] : [{ id, node, path: interfacePath(input, index, place) }];
    });
    const [first, ...others] = tagged;
    const stray = others.find(({ id }) => id !== first?.id);
    if (first === undefined || stray === undefined) return [];
    const message = `${stray.node.hostname} is in VLAN ${stray.id}, ${first.node.hostname} in VLAN ${first.id}: unless a switch joins the two, neither hears the other, and both hold the VIPs`;
    return [lintWarning('addressing', stray.path, message, 'Give both the VLAN of the VIPs.')];
  });
