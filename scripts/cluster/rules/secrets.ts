import { lintError, lintWarning } from '../findings/finding.ts';
import type { LintFinding } from '../findings/finding.ts';
import type { Secret, SecretKind } from '../schema/scalars.ts';
import { readSecret, sourceOf } from '../secrets/secret.ts';
import { secretsIn } from '../secrets/secrets-in.ts';
import type { PlacedSecret } from '../secrets/secrets-in.ts';
import type { DocumentPath } from '../text/document-path.ts';
import { hashProblem } from './login/password-hash.ts';
import type { Problem } from './login/password-hash.ts';
import type { Rule, RuleInput } from './rule.ts';

/** Secrets that cannot be read, that are no longer secret, or that the image could not use. */
export const secrets: Rule = (input) =>
  secretsOf(input).flatMap(({ secret, path, kind }) => {
    const result = readSecret(secret, input.context);
    if (!result.ok) return [unreadable(secret, path, result.reason)];
    return [...inline(secret, path), ...wrongText(result.text, path, kind)];
  });

/** Secrets that are judged by what they are for; a host key is judged as the key that it is. */
export function secretsOf({ file }: RuleInput): readonly PlacedSecret[] {
  return secretsIn(file).filter(({ kind }) => kind !== 'ssh-host-key');
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
  const message =
    'the secret is written in the cluster file, which is copied, mailed and committed';
  const hint = 'Use {file: path}, {env: NAME}, {sops: path, key: PATH} or {age: path}.';
  return [lintWarning('secret-inline', path, message, hint)];
}

function wrongText(text: string, path: DocumentPath, kind: SecretKind): readonly LintFinding[] {
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
