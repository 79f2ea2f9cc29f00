import { lintError } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import { readSecret } from '../../secrets/secret.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { placedGroups } from './placed-groups.ts';
import type { PlacedGroup } from './placed-groups.ts';

/** `sizeof vrrp->auth_data` in keepalived: what RFC 2338 reserves for the password. */
const MAX_PASSWORD = 8;

export const auth: Rule = (input) =>
  placedGroups(input).flatMap((placed) => [
    ...password(placed, input.context),
    ...version3(placed),
  ]);

function password(
  { written, path: group }: PlacedGroup,
  context: RuleInput['context'],
): readonly LintFinding[] {
  if (written.auth_pass === undefined) return [];
  const secret = readSecret(written.auth_pass, context);
  if (!secret.ok) return [];
  const path = [...group, 'auth_pass'];
  if (secret.text.length > MAX_PASSWORD) {
    const message = `the password has ${secret.text.length} characters; keepalived uses the first ${MAX_PASSWORD} and drops the rest`;
    return [lintError('auth', path, message, `Use at most ${MAX_PASSWORD} characters.`)];
  }
  if (/^[A-Za-z0-9_.,:;+*/%&()<>=?^|-]+$/.test(secret.text)) return [];
  const message =
    'the password has a character that keepalived.conf reads as something else (blanks, quotes, # ! $ ~ @ and braces)';
  return [lintError('auth', path, message, 'Use letters and digits.')];
}

function version3({ written, group, path }: PlacedGroup): readonly LintFinding[] {
  if (written.auth_pass === undefined || group.version !== 3) return [];
  const message =
    'VRRP version 3 has no authentication (RFC 9568 removed it); keepalived rejects the password';
  return [
    lintError('auth', [...path, 'auth_pass'], message, 'Remove auth_pass, or set version: 2.'),
  ];
}
