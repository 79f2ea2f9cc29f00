import type { Finding } from './finding.ts';
import { access } from './rules/access.ts';
import { addressing } from './rules/addressing.ts';
import { advert } from './rules/advert.ts';
import { auth } from './rules/auth.ts';
import { checkTimers } from './rules/check-timers.ts';
import { daemonWords } from './rules/daemon-words.ts';
import { duplicate } from './rules/duplicate.ts';
import { flap } from './rules/flap.ts';
import { limits } from './rules/limits.ts';
import { maxconn } from './rules/maxconn.ts';
import { privateKey } from './rules/login/private-key.ts';
import { secretModes } from './rules/login/secret-modes.ts';
import { sshKeys } from './rules/login/ssh-keys.ts';
import { muslInclude } from './rules/musl-include.ts';
import { namedFiles } from './rules/named-files.ts';
import { bonds } from './rules/network/bonds.ts';
import { cards } from './rules/network/cards.ts';
import { management } from './rules/network/management.ts';
import { routes } from './rules/network/routes.ts';
import { hostCertificates } from './rules/ssh/host-certificates.ts';
import { hostKeys } from './rules/ssh/host-keys.ts';
import { reservedNames } from './rules/names/reserved-names.ts';
import { foreignBind } from './rules/network/foreign-bind.ts';
import { interfaceNames } from './rules/network/interface-names.ts';
import { mtu } from './rules/network/mtu.ts';
import { prefixes } from './rules/network/prefixes.ts';
import { specialAddresses } from './rules/network/special-addresses.ts';
import { unreachable } from './rules/network/unreachable.ts';
import { ports } from './rules/ports.ts';
import { readyz } from './rules/readyz.ts';
import { roles } from './rules/roles.ts';
import type { Rule, RuleInput } from './rules/rule.ts';
import { scriptUser } from './rules/script-user.ts';
import { secrets } from './rules/secrets.ts';
import { servers } from './rules/servers.ts';
import { single } from './rules/single.ts';
import { streams } from './rules/streams.ts';
import { stuck } from './rules/stuck.ts';
import { trackScripts } from './rules/track-scripts.ts';
import { architecture } from './rules/system/architecture.ts';
import { kernelArguments } from './rules/system/kernel-arguments.ts';
import { mailServer } from './rules/system/mail-server.ts';
import { timezone } from './rules/system/timezone.ts';
import { unicastDhcp } from './rules/unicast-dhcp.ts';
import { vipSubnet } from './rules/vip-subnet.ts';
import { vrrpGroups } from './rules/vrrp-groups.ts';
import { weightGap } from './rules/weight-gap.ts';
import { weightSums } from './rules/weight-sums.ts';

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

export function ruleFindings(input: RuleInput): readonly Finding[] {
  return RULES.flatMap((rule) => rule(input));
}
