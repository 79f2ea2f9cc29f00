import { sha256 } from '../../core/digest.ts';
import type { TarEntry } from '../../formats/tar/tar-reader.ts';
import type { ConfigurationFile } from '../format/manifest.ts';

/** A file of an overlay as it may be shown. */
export interface ShownFile {
  /** With a placeholder for each secret; undefined = the content is not to be shown. */
  readonly text: string | undefined;
  readonly hidden: 'binary' | 'secret' | undefined;
  /** The secrets themselves, by what they are: to be compared, never to be told. */
  readonly secrets: ReadonlyMap<string, string>;
}

/** The same word as in a manifest's digests (`contents/masked.ts`). */
const PLACEHOLDER = 'secret';
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const FOR_OTHERS = 0o044;
/** Files of their owner alone that hold no secret: who may log in, and who may become root. */
const KNOWN_PUBLIC = /^(root|home\/[^/]+)\/\.ssh\/authorized_keys$|^etc\/doas\.(conf|d\/[^/]+)$/;

/**
 * A file without its secrets. Where a manifest tells the digest of the file with placeholders, nothing is shown that does
 * not have this digest. Of an image alone, files that only root may read are shown where it is known which words of
 * them are secret.
 *
 * @param told what the release's manifest says of the file
 */
export function shownFile(entry: TarEntry, told: ConfigurationFile | undefined): ShownFile {
  if (entry.type !== 'file') return plain(`-> ${entry.linkTarget}\n`);
  const content = entry.content.toString('utf8');
  const whole = new Map([['content', sha256(entry.content)]]);
  if (PRIVATE_KEY.test(content)) return { text: undefined, hidden: 'secret', secrets: whole };
  if (content.includes('\0') || !Buffer.from(content).equals(entry.content)) {
    const owned = (entry.mode & FOR_OTHERS) !== FOR_OTHERS;
    return { text: undefined, hidden: owned ? 'secret' : 'binary', secrets: new Map() };
  }
  const { text, secrets } = masked(entry.path, content);
  const isOwners = (entry.mode & FOR_OTHERS) !== FOR_OTHERS;
  const mayShow =
    told?.secret === true
      ? sha256(text) === told.sha256
      : !isOwners ||
        KNOWN_PUBLIC.test(entry.path) ||
        MASKS.some(({ path }) => path.test(entry.path));
  if (mayShow) return { text, hidden: undefined, secrets };
  return { text: undefined, hidden: 'secret', secrets: whole };
}

function plain(text: string): ShownFile {
  return { text, hidden: undefined, secrets: new Map() };
}

interface Mask {
  readonly path: RegExp;
  /** What comes before the secret, and the secret. */
  readonly line: RegExp;
  readonly shown: string;
  /** @param context last section that was begun above the line */
  readonly what: (before: string, context: string) => string;
}

const WORD = String.raw`"(?:\\.|[^"\\])*"|\S+`;

/** The files of ours that hold secrets, by how they are written: keepalived.conf(5), HAProxy's manual 3.4, shadow(5). */
const MASKS: readonly Mask[] = [
  {
    path: /^etc\/keepalived\/.*\.conf$/,
    line: new RegExp(String.raw`^(\s*auth_pass\s+)(${WORD})`),
    shown: PLACEHOLDER,
    what: (_before, context) => `auth_pass${context === '' ? '' : ` of ${context}`}`,
  },
  {
    path: /^etc\/haproxy\/.*\.cfg$/,
    line: new RegExp(String.raw`^(\s*user\s+\S+\s+(?:insecure-)?password\s+)(${WORD})`),
    shown: `"${PLACEHOLDER}"`,
    what: (before) => `password of ${before.trim().split(/\s+/)[1] ?? ''}`,
  },
  {
    path: /^etc\/haproxy\/.*\.cfg$/,
    line: /^(\s*stats\s+auth\s+[^:\s]+:)(\S+)/,
    shown: PLACEHOLDER,
    what: (before) => `password of ${before.trim().split(/\s+/)[2]?.replace(/:$/, '') ?? ''}`,
  },
  {
    path: /^etc\/shadow$/,
    // Of a single sign only, nobody logs in by it.
    line: /^([^:]+:)([^:]{2,})/,
    shown: PLACEHOLDER,
    what: (before) => `password hash of ${before.slice(0, -1)}`,
  },
  {
    // Of no daemon in particular: what a user's own file may have.
    path: /./,
    line: /^([^#]*\b(?:password|passwd|passphrase|secret|token)\b["']?\s*[:=]\s*)(\S.*)/i,
    shown: PLACEHOLDER,
    what: (before) => before.replace(/["'\s:=]+$/, '').trim(),
  },
];

const SECTION = /^\s*vrrp_instance\s+(\S+)/;

function masked(
  path: string,
  content: string,
): { readonly text: string; readonly secrets: ReadonlyMap<string, string> } {
  const secrets = new Map<string, string>();
  let context = '';
  const masks = MASKS.filter((it) => it.path.test(path));
  const lines = content.split('\n').map((line) => {
    context = SECTION.exec(line)?.[1] ?? context;
    for (const { line: pattern, shown, what } of masks) {
      const [all = '', before = '', secret = ''] = pattern.exec(line) ?? [];
      if (all === '') continue;
      const name = what(before, context);
      secrets.set(secrets.has(name) ? `${name} (${secrets.size + 1})` : name, secret);
      return `${before}${shown}${line.slice(all.length)}`;
    }
    return line;
  });
  return { text: lines.join('\n'), secrets };
}
