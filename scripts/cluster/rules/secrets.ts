import { lintError, lintWarning } from '../findings/finding.ts';
import type { LintFinding } from '../findings/finding.ts';
import type { Secret } from '../schema/scalars.ts';
import { readSecret, sourceOf } from '../secrets/secret.ts';
import type { DocumentPath } from '../text/document-path.ts';
import { hashProblem } from './login/password-hash.ts';
import type { Problem } from './login/password-hash.ts';
import type { Rule, RuleInput } from './rule.ts';
import { placedGroups } from './vrrp/placed-groups.ts';

/** What a secret is for decides what it may look like. */
type Kind = 'hash' | 'password';

export interface PlacedSecret {
  readonly secret: Secret;
  readonly path: DocumentPath;
  readonly kind: Kind;
}

/** Secrets that cannot be read, that are no secret any more, or that the image could not use. */
export const secrets: Rule = (input) =>
  secretsOf(input).flatMap(({ secret, path, kind }) => {
    const result = readSecret(secret, input.context);
    if (!result.ok) return [unreadable(secret, path, result.reason)];
    return [...inline(secret, path), ...wrongText(result.text, path, kind)];
  });

export function secretsOf(input: RuleInput): readonly PlacedSecret[] {
  const { file } = input;
  const places: readonly (readonly [Secret | undefined, DocumentPath, Kind])[] = [
    ...placedGroups(input).map(
      ({ written, path }) => [written.auth_pass, [...path, 'auth_pass'], 'password'] as const,
    ),
    [file.access?.root_password_hash, ['access', 'root_password_hash'], 'hash'],
    [file.access?.admin_user?.password_hash, ['access', 'admin_user', 'password_hash'], 'hash'],
    [file.stats?.password, ['stats', 'password'], 'password'],
  ];
  return places.flatMap(([secret, path, kind]) =>
    secret === undefined ? [] : [{ secret, path, kind }],
  );
}

function unreadable(secret: Secret, path: DocumentPath, reason: string): LintFinding {
  const message = `the secret cannot be read from the ${sourceOf(secret)}: ${reason}`;
  return {
    ...lintError('secret-missing', path, message, 'Create it, or name another place.'),
    fatal: true,
  };
}

function inline(secret: Secret, path: DocumentPath): readonly LintFinding[] {
  if (typeof secret !== 'string') return [];
  const message = 'the secret stands in the cluster file, which is copied, mailed and committed';
  return [lintWarning('secret-inline', path, message, 'Use {file: path}, {env: NAME}, {sops: path, key: PATH} or {age: path}.')];
}

function wrongText(text: string, path: DocumentPath, kind: Kind): readonly LintFinding[] {
  const problem = kind === 'hash' ? hashProblem(text) : passwordProblem(text);
  if (problem === undefined) return [];
  return [{ ...lintError('secret-format', path, problem.message, problem.hint), fatal: true }];
}

function passwordProblem(text: string): Problem | undefined {
  if (text !== '' && /^[\x21-\x7e]+$/.test(text)) return undefined;
  return {
    message:
      text === ''
        ? 'the secret is empty'
        : 'the password has blanks, control characters or letters outside ASCII',
    hint: 'Use printable ASCII characters on one line.',
  };
}
