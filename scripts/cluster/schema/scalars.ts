import { z } from 'zod';
import { secondsOf } from '../expectations/haproxy-time.ts';
import { parseAddress } from '../values/address.ts';
import { foreignLetter, hostProblem } from '../values/host-name.ts';

/** A value or a list of at least one of them; `192.168.9.139` reads as `[192.168.9.139]`. */
export function oneOrMany<T extends z.ZodType>(item: T) {
  return z.union([item, z.array(item).min(1, 'the list is empty')]);
}

/** RFC 1123 label. Lower case: it names files and must not differ from another host in case alone. */
export const Hostname = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'a host name is 1 to 63 lower-case letters, digits and inner hyphens',
  );

/** Linux interface name (IFNAMSIZ: at most 15 characters). */
export const InterfaceName = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_.-]{0,14}$/,
    'an interface name looks like eth0, at most 15 characters',
  );

/** Name of an HAProxy section or server. */
export const SectionName = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,63}$/, 'a name is 1 to 63 letters, digits and _ . : - characters');

export const IpAddress = z
  .string()
  .refine((text) => parseAddress(text)?.prefix === undefined && parseAddress(text) !== undefined, {
    error: 'expected an IP address without a prefix, such as 192.168.9.1 or fd00::1',
  });

export const Cidr = z.string().refine((text) => parseAddress(text)?.prefix !== undefined, {
  error: 'expected an address with its prefix length, such as 192.168.9.137/24 or fd00::7/64',
});

/** An address that may carry a prefix. */
export const IpOrCidr = z.string().refine((text) => parseAddress(text) !== undefined, {
  error: 'expected an IP address such as 192.168.9.139, with or without a prefix (/24)',
});

const TIME = /^\d{1,10}(us|ms|s|m|h|d)$/;
const TIME_TEXT = 'expected a time with its unit, such as 500ms, 10s, 1m or 24h';
/** HAProxy keeps times as milliseconds in 31 bits, and refuses what rounds to nothing. */
const LONGEST_MS = 2_147_483_647;

/**
 * HAProxy time format with its unit (a bare number means milliseconds there, which nobody expects): 1 ms to
 * 2147483647 ms.
 */
export const Duration = z
  .string()
  .regex(TIME, TIME_TEXT)
  .refine((text) => !TIME.test(text) || secondsOf(text) >= 0.001, {
    error: 'a time is at least 1ms here',
  })
  .refine((text) => !TIME.test(text) || secondsOf(text) * 1000 <= LONGEST_MS, {
    error: 'haproxy takes times up to 2147483647 ms (24d)',
  });

/** The same, or `0s` for none. */
export const DurationOrNone = z.union([z.literal('0s'), Duration]);

export const Port = z.int().min(1).max(65535);

/** HAProxy counts (connections, weights): non-negative whole numbers. */
export const Count = z.int().min(0).max(2_000_000_000);

export const Seconds = z.number().min(0).max(86_400);

export const WholeSeconds = z.int('expected whole seconds').min(0).max(86_400);

export const Text = z.string().min(1, 'the text is empty');

export const Path = z.string().min(1, 'the path is empty');

/** One word of printable ASCII without quotes: safe in every configuration file that we render. */
export const Word = asciiWord(/^[^\s"'\\#]+$/, 'expected one word without blanks or quotes');

/**
 * A word of keepalived.conf. There `#` and `!` begin a comment anywhere, braces open and close blocks, `"` quotes,
 * `$` names a definition and `~` begins a sequence (keepalived.conf(5)).
 */
export const KeepalivedWord = asciiWord(
  /^[A-Za-z0-9_.,:;+*/%&()<>=?^|@-]+$/,
  'keepalived.conf reads blanks, quotes and # ! $ ~ { } as something else: use letters, digits and _ . - @',
);

/** What useradd(8) takes for the name of an account. */
export const ACCOUNT_NAME = /^[a-z_][a-z0-9_-]{0,31}$/;

/** Account that runs a check (keepalived.conf(5), script_user). */
export const ScriptUser = z.string().regex(ACCOUNT_NAME, 'expected an account name');

/** What a track script adds to a priority (keepalived.conf(5), weight). */
export const TrackWeight = z.int().min(-253).max(253);

/** Results in a row, before keepalived changes its mind. */
export const ResultsInARow = z.int().min(1).max(100);

/** A DNS name or an IP address without a prefix. */
export const HostName = z.string().refine((text) => hostProblem(text) === undefined, {
  error: ({ input }) => hostProblem(String(input)),
});

/** Text of ASCII in a form of its own; anything else is named, because a letter of another alphabet looks right. */
export function asciiWord(form: RegExp, message: string) {
  const problem = (text: string): string | undefined =>
    foreignLetter(text) ?? (form.test(text) ? undefined : message);
  return z.string().refine((text) => problem(text) === undefined, {
    error: ({ input }) => problem(String(input)),
  });
}

const SECRET_REFERENCES = [
  z.strictObject({
    file: Path.describe('File that holds the secret; relative to the cluster file.'),
  }),
  z.strictObject({
    env: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable')
      .describe('Environment variable that holds the secret.'),
  }),
  z.strictObject({
    sops: Path.describe(
      'File that sops(1) encrypted, relative to the cluster file; sops opens it with whatever it is set up for.',
    ),
    key: z
      .string()
      .regex(/^[\w-]+(\.[\w-]+)*$/, 'expected keys joined by dots: vrrp.auth_pass')
      .optional()
      .describe('Where the secret stands in the file: vrrp.auth_pass. Default: the whole file.'),
  }),
  z.strictObject({
    age: Path.describe('File that age(1) encrypted; relative to the cluster file.'),
    identity: Path.optional().describe(
      'File of the identity that opens it. Default: the file that SOPS_AGE_KEY_FILE names.',
    ),
  }),
] as const;

/** What a secret is for decides what it may look like. */
export type SecretKind = 'password' | 'hash' | 'ssh-host-key';

/** Which parts of the schema are secrets: what looks for the secrets of a file goes by this alone. */
export const SECRET_KINDS = z.registry<{ readonly kind: SecretKind }>();

function secret(kind: SecretKind) {
  const written = z.union([z.string().min(1, 'the secret is empty'), ...SECRET_REFERENCES]);
  return written.register(SECRET_KINDS, { kind });
}

/** A secret by reference, or in the clear (which draws a warning). */
export const PasswordSecret = secret('password');
export const HashSecret = secret('hash');
export type Secret = z.infer<typeof PasswordSecret>;

/** A secret that is never written in a cluster file. */
export const HostKeySecret = z
  .union(SECRET_REFERENCES)
  .register(SECRET_KINDS, { kind: 'ssh-host-key' });

/** Verbatim configuration lines: a list, or one block of text. */
export const Lines = z.union([z.string(), z.array(z.string())]);
export type Lines = z.infer<typeof Lines>;
