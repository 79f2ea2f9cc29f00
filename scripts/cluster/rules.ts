import type { LintFinding } from './findings/finding.ts';
import { checkTimers } from './rules/check-timers.ts';
import { daemonWords } from './rules/daemon-words.ts';
import { duplicate } from './rules/duplicate.ts';
import { limits } from './rules/limits.ts';
import { access } from './rules/login/access.ts';
import { privateKey } from './rules/login/private-key.ts';
import { secretModes } from './rules/login/secret-modes.ts';
import { sshKeys } from './rules/login/ssh-keys.ts';
import { namedFiles } from './rules/named-files.ts';
import { reservedNames } from './rules/names/reserved-names.ts';
import { addressing } from './rules/network/addressing.ts';
import { bonds } from './rules/network/bonds.ts';
import { cards } from './rules/network/cards.ts';
import { foreignBind } from './rules/network/foreign-bind.ts';
import { interfaceNames } from './rules/network/interface-names.ts';
import { management } from './rules/network/management.ts';
import { mtu } from './rules/network/mtu.ts';
import { pairVlans } from './rules/network/pair-vlans.ts';
import { prefixes } from './rules/network/prefixes.ts';
import { routes } from './rules/network/routes.ts';
import { specialAddresses } from './rules/network/special-addresses.ts';
import { unreachable } from './rules/network/unreachable.ts';
import { vipSubnet } from './rules/network/vip-subnet.ts';
import type { Rule, RuleInput } from './rules/rule.ts';
import { secrets } from './rules/secrets.ts';
import { slo } from './rules/slo.ts';
import { servers } from './rules/servers.ts';
import { maxconn } from './rules/services/maxconn.ts';
import { muslInclude } from './rules/services/musl-include.ts';
import { ports } from './rules/services/ports.ts';
import { readyz } from './rules/services/readyz.ts';
import { single } from './rules/services/single.ts';
import { streams } from './rules/services/streams.ts';
import { hostCertificates } from './rules/ssh/host-certificates.ts';
import { hostKeys } from './rules/ssh/host-keys.ts';
import { architecture } from './rules/system/architecture.ts';
import { kernelArguments } from './rules/system/kernel-arguments.ts';
import { mailServer } from './rules/system/mail-server.ts';
import { timezone } from './rules/system/timezone.ts';
import { advert } from './rules/vrrp/advert.ts';
import { auth } from './rules/vrrp/auth.ts';
import { flap } from './rules/vrrp/flap.ts';
import { roles } from './rules/vrrp/roles.ts';
import { scriptUser } from './rules/vrrp/script-user.ts';
import { stuck } from './rules/vrrp/stuck.ts';
import { trackScripts } from './rules/vrrp/track-scripts.ts';
import { unicastDhcp } from './rules/vrrp/unicast-dhcp.ts';
import { vrrpGroups } from './rules/vrrp/vrrp-groups.ts';
import { weightGap } from './rules/vrrp/weight-gap.ts';
import { weightSums } from './rules/vrrp/weight-sums.ts';

const RULES: readonly Rule[] = [
  addressing,
  routes,
  bonds,
  cards,
  management,
  vipSubnet,
  duplicate,
  ports,
  vrrpGroups,
  roles,
  weightGap,
  weightSums,
  trackScripts,
  auth,
  daemonWords,
  advert,
  slo,
  unicastDhcp,
  streams,
  readyz,
  servers,
  checkTimers,
  limits,
  flap,
  stuck,
  maxconn,
  single,
  scriptUser,
  muslInclude,
  secrets,
  access,
  hostKeys,
  hostCertificates,
  namedFiles,
  specialAddresses,
  prefixes,
  pairVlans,
  foreignBind,
  unreachable,
  interfaceNames,
  mtu,
  reservedNames,
  sshKeys,
  privateKey,
  secretModes,
  kernelArguments,
  mailServer,
  timezone,
  architecture,
];

export function ruleFindings(input: RuleInput): readonly LintFinding[] {
  return RULES.flatMap((rule) => rule(input));
}
