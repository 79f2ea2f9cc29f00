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
import { muslInclude } from './rules/musl-include.ts';
import { namedFiles } from './rules/named-files.ts';
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
import { unicastDhcp } from './rules/unicast-dhcp.ts';
import { vipSubnet } from './rules/vip-subnet.ts';
import { weightGap } from './rules/weight-gap.ts';

const RULES: readonly Rule[] = [
  addressing,
  vipSubnet,
  duplicate,
  ports,
  roles,
  weightGap,
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
  namedFiles,
];

/** Codes of the linter, which `lint.ignore` may name. */
export const LINT_CODES: readonly string[] = [
  'access',
  'addressing',
  'advert',
  'auth',
  'backend-dns',
  'bind-port',
  'check-timers',
  'duplicate',
  'flap',
  'haproxy-words',
  'limits',
  'maxconn',
  'musl-include',
  'readyz',
  'roles',
  'script-user',
  'secret-inline',
  'send-proxy',
  'servers',
  'single',
  'streams',
  'stuck',
  'syslog',
  'unicast-dhcp',
  'vip-subnet',
  'weight-gap',
];

export function ruleFindings(input: RuleInput): readonly Finding[] {
  return RULES.flatMap((rule) => rule(input));
}
