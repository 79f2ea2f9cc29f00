import { lintError, lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import { linkNameOf } from '../../network/cards.ts';
import { listOf } from '../../resolve/lists.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import { specialKind } from '../../values/address-kind.ts';
import { hostOf, parseAddress } from '../../values/address.ts';
import { splitBind } from '../../values/bind.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { placedHosts } from './placed-hosts.ts';

/**
 * Listeners on an address that no node and no VIP has. `ip_nonlocal_bind` is on, for the BACKUP has to listen on the VIP
 * before it has it: so HAProxy starts, and nobody reaches it.
 */
export const foreignBind: Rule = (input) => [...foreignAddresses(input), ...foreignCards(input)];

function foreignAddresses(input: RuleInput): readonly LintFinding[] {
  // What DHCP gives cannot be known here.
  if (input.cluster.nodes.some(({ interfaces }) => interfaces.some(({ dhcp }) => dhcp))) return [];
  const own = new Set(
    placedHosts(input)
      .filter(({ use }) => use === 'node' || use === 'vip')
      .map(({ host }) => hostOf(host)),
  );
  return bindsOf(input).flatMap(({ who, address, path }) => {
    const parsed = parseAddress(address.replace(/^\[(.*)\]$/, '$1'));
    if (parsed === undefined || own.has(parsed.host) || specialKind(parsed) !== undefined)
      return [];
    const message = `${who} listens on ${parsed.host}, an address of no node and no VIP: it starts, and nobody reaches it`;
    const hint = `The VIPs and nodes are ${[...own].join(', ')}.`;
    return [lintWarning('foreign-bind', path, message, hint)];
  });
}

/** The bind option `interface` with one that a node does not have: HAProxy does not start there. */
function foreignCards({ file, cluster }: RuleInput): readonly LintFinding[] {
  return file.services.flatMap(({ bind }, service) =>
    listOf(bind).flatMap((line, index) => {
      const name = / interface (\S+)/.exec(line)?.[1];
      if (name === undefined || name === 'lo') return [];
      const lacking = cluster.nodes.find(
        ({ interfaces }) =>
          !interfaces.some((entry) => entry.name === name || linkNameOf(entry) === name),
      );
      if (lacking === undefined) return [];
      const path = ['services', service, 'bind', ...(Array.isArray(bind) ? [index] : [])];
      const message = `${lacking.hostname} has no interface ${name}: haproxy would not start there`;
      const hint = `It has ${lacking.interfaces.map((entry) => entry.name).join(', ')}.`;
      return [lintError('foreign-bind', path, message, hint)];
    }),
  );
}

interface PlacedBind {
  readonly who: string;
  readonly address: string;
  readonly path: DocumentPath;
}

function bindsOf({ file, cluster }: RuleInput): readonly PlacedBind[] {
  const ofServices = cluster.services.flatMap(({ name }, service) => {
    const written = file.services[service]?.bind;
    return listOf(written).map((bind, index) => ({
      who: name,
      address: splitBind(bind).address,
      path: ['services', service, 'bind', ...(Array.isArray(written) ? [index] : [])],
    }));
  });
  const stats = file.stats?.bind;
  const ofStats =
    stats === undefined ? [] : [{ who: 'stats', address: stats, path: ['stats', 'bind'] }];
  return [...ofServices, ...ofStats];
}
