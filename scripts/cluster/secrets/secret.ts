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
  const result = context.reader.readTextFile(absolutePath(context, secret.file));
  return result.ok ? { ok: true, text: result.text.replace(/\r?\n$/, '') } : result;
}

function sourceOf(secret: Secret): string {
  if (typeof secret === 'string') return 'cluster file';
  return 'env' in secret ? `environment variable ${secret.env}` : `file ${secret.file}`;
}
