import { lintError, lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { Rule, RuleInput } from '../rule.ts';

/** Ways in that nobody can use, or that are half described. */
export const access: Rule = (input) => [...unusable(input), ...halfLogin(input)];

function unusable({ file, cluster }: RuleInput): readonly LintFinding[] {
  const { sshAuthorizedKeys, sshd, adminUser } = cluster.access;
  const noKeys = sshAuthorizedKeys.length === 0;
  const findings: LintFinding[] = [];
  if (sshd && noKeys) {
    findings.push(
      lintWarning(
        'access',
        ['access', 'sshd'],
        'sshd takes keys only, and there is none: nobody can log in by ssh',
        'Add ssh_authorized_keys, or leave sshd out.',
      ),
    );
  }
  if (file.access?.sshd === false && !noKeys) {
    findings.push(
      lintWarning(
        'access',
        ['access', 'ssh_authorized_keys'],
        'the keys have no effect: sshd is off',
        'Remove sshd: false.',
      ),
    );
  }
  if (adminUser !== undefined && adminUser.passwordHash === undefined && noKeys) {
    findings.push(
      lintWarning(
        'access',
        ['access', 'admin_user'],
        `${adminUser.name} has neither a password nor a key and cannot log in`,
        'Add a password_hash or ssh_authorized_keys.',
      ),
    );
  }
  return findings;
}

function halfLogin({ file: { stats } }: RuleInput): readonly LintFinding[] {
  if (stats === undefined || (stats.user === undefined) === (stats.password === undefined))
    return [];
  const message = 'a login of the statistics page has a user and a password; one is missing';
  return [{ ...lintError('access', ['stats'], message, 'Give both, or neither.'), fatal: true }];
}
