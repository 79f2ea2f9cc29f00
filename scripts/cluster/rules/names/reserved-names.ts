import { lintError } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import { isDnsName } from '../../values/host-name.ts';
import { BASE_GROUPS, BASE_USERS } from '../../values/base-accounts.ts';
import type { Rule, RuleInput } from '../rule.ts';

/** Names that mean something else already: to the base system, or to every program that looks up hosts. */
export const reservedNames: Rule = (input) => [...adminUser(input), ...hostNames(input)];

/** Of two lines of one name in /etc/passwd the first counts, and those of the base system cannot log in. */
function adminUser({ cluster }: RuleInput): readonly LintFinding[] {
  const name = cluster.access.adminUser?.name;
  if (name === undefined) return [];
  const path = ['access', 'admin_user', 'name'];
  if (name === 'root') {
    return [
      taken(path, 'root is there already', 'Choose another name, or use root_password_hash.'),
    ];
  }
  const hint = 'Choose another name, such as ops.';
  if (BASE_USERS.some(([user]) => user === name)) {
    const message = `every image has an account ${name} already, which cannot log in, and of two the first counts`;
    return [taken(path, message, hint)];
  }
  if (BASE_GROUPS.some(([group]) => group === name)) {
    const message = `every image has a group ${name} already; the administrator would get a second one of that name`;
    return [taken(path, message, hint)];
  }
  return [];
}

function hostNames({ cluster }: RuleInput): readonly LintFinding[] {
  return cluster.nodes.flatMap(({ hostname }, index) => {
    const path = ['nodes', index, 'hostname'];
    if (hostname === 'localhost') {
      return [
        taken(path, 'localhost means every machine itself', 'Choose another name, such as lb-1.'),
      ];
    }
    if (isDnsName(hostname)) return [];
    const message = `programs read ${hostname} as an IPv4 address (inet_aton(3)), not as a name`;
    return [taken(path, message, 'Put a letter into it, such as lb-1.')];
  });
}

function taken(path: DocumentPath, message: string, hint: string): LintFinding {
  return { ...lintError('reserved-name', path, message, hint), fatal: true };
}
