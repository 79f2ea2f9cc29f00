import type { DocumentPath } from '../document-path.ts';
import type { Finding } from '../finding.ts';
import { lintError, lintWarning } from '../finding.ts';
import type { Secret } from '../schema/scalars.ts';
import { readSecret } from '../secret.ts';
import { placedGroups } from './placed-groups.ts';
import type { Rule, RuleInput } from './rule.ts';

/** What a secret is for decides what it may look like. */
type Kind = 'hash' | 'password';

interface PlacedSecret {
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

function secretsOf(input: RuleInput): readonly PlacedSecret[] {
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

function unreadable(secret: Secret, path: DocumentPath, reason: string): Finding {
  const source =
    typeof secret === 'string'
      ? 'the cluster file'
      : 'env' in secret
        ? `the environment variable ${secret.env}`
        : secret.file;
  const message = `the secret cannot be read from ${source}: ${reason}`;
  return {
    ...lintError('secret-missing', path, message, 'Create it, or name another place.'),
    fatal: true,
  };
}

function inline(secret: Secret, path: DocumentPath): readonly Finding[] {
  if (typeof secret !== 'string') return [];
  const message = 'the secret stands in the cluster file, which is copied, mailed and committed';
  return [lintWarning('secret-inline', path, message, 'Use {file: path} or {env: NAME}.')];
}

function wrongText(text: string, path: DocumentPath, kind: Kind): readonly Finding[] {
  const problem = kind === 'hash' ? hashProblem(text) : passwordProblem(text);
  if (problem === undefined) return [];
  return [{ ...lintError('secret-format', path, problem.message, problem.hint), fatal: true }];
}

interface Problem {
  readonly message: string;
  readonly hint: string;
}

function hashProblem(text: string): Problem | undefined {
  const hint = 'Make one with: openssl passwd -6';
  if (/^\$(y|gy|7)\$/.test(text)) {
    return {
      message:
        "this is a yescrypt or scrypt hash, which Alpine's C library (musl) cannot check: nobody could log in",
      hint,
    };
  }
  if (/^\$(1|5|6|2[aby])\$[A-Za-z0-9./=$]+$/.test(text)) return undefined;
  return { message: 'this is no crypt(3) hash of a password ($6$...)', hint };
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
