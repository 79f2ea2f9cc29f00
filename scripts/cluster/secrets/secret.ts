import { VipisoError } from '../../core/errors.ts';
import type { SecretModel } from '../model.ts';
import { absolutePath } from '../references.ts';
import type { ReadResult, ReferenceContext } from '../references.ts';
import type { Secret } from '../schema/scalars.ts';

/**
 * A secret of the cluster file, read again at each `reveal()`. The value is never a property, so that neither
 * JSON, string conversion, `Object.entries` nor the debugger's view shows it.
 */
class LazySecret implements SecretModel {
  readonly source: string;
  readonly #read: () => ReadResult;

  constructor(source: string, read: () => ReadResult) {
    this.source = source;
    this.#read = read;
  }

  /** Throws `not-found` when the file or variable has gone since the check. */
  reveal(): string {
    const result = this.#read();
    if (result.ok) return result.text;
    throw new VipisoError(
      'not-found',
      `The secret from ${this.source} cannot be read: ${result.reason}.`,
      {
        hint: 'Put the file or the variable where the cluster file says.',
      },
    );
  }

  toString(): string {
    return `<secret from ${this.source}>`;
  }

  toJSON(): string {
    return this.toString();
  }
}

export function resolveSecret(secret: Secret, context: ReferenceContext): SecretModel {
  return new LazySecret(sourceOf(secret), () => readSecret(secret, context));
}

/** The secret's value without the newline that editors and `echo` put at the end of a file. */
export function readSecret(secret: Secret, context: ReferenceContext): ReadResult {
  if (typeof secret === 'string') return { ok: true, text: secret };
  if ('env' in secret) {
    const value = context.reader.env(secret.env);
    return value === undefined
      ? { ok: false, reason: 'the variable is not set' }
      : { ok: true, text: value };
  }
  const result =
    'file' in secret
      ? context.reader.readTextFile(absolutePath(context, secret.file))
      : decrypted(secret, context);
  return result.ok ? { ok: true, text: result.text.replace(/\r?\n$/, '') } : result;
}

type Encrypted = Extract<Secret, { sops: string } | { age: string }>;

function decrypted(secret: Encrypted, context: ReferenceContext): ReadResult {
  const { decrypt } = context.reader;
  if (decrypt === undefined) return { ok: false, reason: 'nothing here opens encrypted files' };
  if ('sops' in secret)
    return decrypt({ by: 'sops', file: absolutePath(context, secret.sops), key: secret.key });
  const { identity } = secret;
  return decrypt({
    by: 'age',
    file: absolutePath(context, secret.age),
    identity: identity && absolutePath(context, identity),
  });
}

/** Where a secret comes from, for messages: it never says what it is. */
export function sourceOf(secret: Secret): string {
  if (typeof secret === 'string') return 'cluster file';
  if ('env' in secret) return `environment variable ${secret.env}`;
  if ('file' in secret) return `file ${secret.file}`;
  if ('age' in secret) return `age file ${secret.age}`;
  return `sops file ${secret.sops}${secret.key === undefined ? '' : `, ${secret.key}`}`;
}
