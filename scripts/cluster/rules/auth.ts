import type { Finding } from '../finding.ts';
import { lintError } from '../finding.ts';
import { readSecret } from '../secret.ts';
import type { Rule, RuleInput } from './rule.ts';

/** `sizeof vrrp->auth_data` in keepalived: what RFC 2338 reserves for the password. */
const MAX_PASSWORD = 8;

export const auth: Rule = (input) => [...password(input), ...version3(input)];

function password({ file, context }: RuleInput): readonly Finding[] {
  if (file.vrrp.auth_pass === undefined) return [];
  const secret = readSecret(file.vrrp.auth_pass, context);
  if (!secret.ok) return [];
  const path = ['vrrp', 'auth_pass'];
  if (secret.text.length > MAX_PASSWORD) {
    const message = `the password has ${secret.text.length} characters; keepalived uses the first ${MAX_PASSWORD} and drops the rest`;
    return [lintError('auth', path, message, `Use at most ${MAX_PASSWORD} characters.`)];
  }
  if (/^[A-Za-z0-9_.,:;+*/%&()<>=?^|-]+$/.test(secret.text)) return [];
  const message =
    'the password has a character that keepalived.conf reads as something else (blanks, quotes, # ! $ ~ @ and braces)';
  return [lintError('auth', path, message, 'Use letters and digits.')];
}

function version3({ file, cluster }: RuleInput): readonly Finding[] {
  if (file.vrrp.auth_pass === undefined || cluster.vrrp.version !== 3) return [];
  const message =
    'VRRP version 3 has no authentication (RFC 9568 removed it); keepalived rejects the password';
  return [
    lintError('auth', ['vrrp', 'auth_pass'], message, 'Remove auth_pass, or set version: 2.'),
  ];
}
