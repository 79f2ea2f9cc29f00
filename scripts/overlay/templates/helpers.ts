import Handlebars from 'handlebars';
import type { SecretModel } from '../../cluster/model.ts';
import { VipisoError } from '../../core/errors.ts';

/** Data channel of one rendering, invisible to templates. Blocks copy it, so it holds no state itself. */
export interface RenderData {
  /** Called when a secret goes into the text. */
  readonly onSecret: () => void;
}

const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;

function join(list: readonly (string | number)[], separator: string): string {
  return list.join(separator);
}

function secret(model: SecretModel, options: Handlebars.HelperOptions): string {
  (options.data as RenderData).onSecret();
  const value = model.reveal();
  if (CONTROL.test(value))
    throw unusable(`the secret from ${model.source}`, 'a line break or another control character');
  return value;
}

/** crypt(5): the field ends at a colon; blanks are never part of a hash. */
function cryptHash(value: string): string {
  if (/^[!-9;-~]+$/.test(value)) return value;
  throw unusable('a password hash', 'a character that no crypt(5) hash has');
}

/** keepalived.conf(5): `#`, `!` and blanks need quotes, and nothing escapes a quote inside them. */
function keepalivedWord(value: string): string {
  if (/^[A-Za-z0-9_.:@/+=,%-]+$/.test(value)) return value;
  if (value.includes('"'))
    throw unusable('the VRRP password', 'a double quote, which keepalived cannot read');
  return `"${value}"`;
}

/** HAProxy's weak quotes (configuration manual 2.2): backslash, quote and dollar are escaped. */
function haproxyQuoted(value: string): string {
  return `"${value.replace(/[\\"$]/g, '\\$&')}"`;
}

/** The same where HAProxy expects a log-format (8.2.6), in which a percent sign begins a variable. */
function haproxyFormat(value: string): string {
  return haproxyQuoted(value.replace(/%/g, '%%'));
}

function unusable(what: string, problem: string): VipisoError {
  return new VipisoError('cluster-invalid', `${what} contains ${problem}`, {
    hint: 'Correct the value; a file may end in one line break, which is ignored.',
  });
}

/** The whole vocabulary of the templates, beside Handlebars' own if, unless, each and with. */
export const HELPERS = {
  join,
  secret,
  cryptHash,
  keepalivedWord,
  haproxyQuoted,
  haproxyFormat,
} as const;

export const BLOCKS: ReadonlySet<string> = new Set(['if', 'unless', 'each', 'with']);

/** An engine of its own: nothing that other code registers is visible in it. */
export const ENGINE: Pick<typeof Handlebars, 'parse' | 'compile'> = createEngine();

function createEngine(): typeof Handlebars {
  const engine = Handlebars.create();
  engine.registerHelper(HELPERS);
  return engine;
}
