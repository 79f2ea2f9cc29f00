import { lintError, lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { ClusterModel } from '../../model.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { rawKeepalivedLines } from '../services/raw-lines.ts';
import { placedGroups } from './placed-groups.ts';

/** Accounts of every image; keepalived_script is ours, Alpine's keepalived package does not make it. */
const KNOWN_ACCOUNTS = ['root', 'keepalived_script', 'haproxy', 'nobody', 'daemon'];

export const scriptUser: Rule = (input) => [...unknownAccount(input), ...rawOverrides(input)];

export function knownAccounts({ access }: ClusterModel): readonly string[] {
  return [...KNOWN_ACCOUNTS, ...(access.adminUser === undefined ? [] : [access.adminUser.name])];
}

function unknownAccount(input: RuleInput): readonly LintFinding[] {
  const { cluster } = input;
  const { user } = cluster.vrrp.check;
  const known = knownAccounts(cluster);
  if (known.includes(user)) return [];
  const groups = placedGroups(input);
  const writer = groups.find(({ written }) => written.check?.user !== undefined);
  const path = (writer ?? groups[0])?.path ?? [];
  const message = `the image has no account ${user}: keepalived would not run the check at all`;
  return [
    lintError(
      'script-user',
      [...path, 'check', 'user'],
      message,
      `Use one of ${known.join(', ')}.`,
    ),
  ];
}

function rawOverrides(input: RuleInput): readonly LintFinding[] {
  return rawKeepalivedLines(input).flatMap(({ line, path }) => {
    if (!/^\s*(script_user|script_security|enable_script_security)\b/.test(line)) return [];
    const message =
      'script_user and enable_script_security are set already; without both keepalived warns about, or refuses, check scripts that run as root';
    return [lintWarning('script-user', path, message, 'Use vrrp.check.user instead.')];
  });
}
