import { VipisoError } from '../../core/errors.ts';
import { gzipMember, hasSpareBits } from '../../formats/gzip-members.ts';
import type { GzipMember } from '../../formats/gzip-members.ts';
import { cString, isExtension, readTarRecords, ustarPath } from '../../formats/tar/tar-records.ts';
import type { TarContext, TarRecord } from '../../formats/tar/tar-records.ts';
import { writeTar } from '../../formats/tar/tar-writer.ts';
import type { SigningKey } from '../model.ts';
import { rsaSignature } from './sign.ts';
import type { Signature } from './signature.ts';

const PREFIX = '.SIGN.';
const SIGNATURE_NAME = /^\.SIGN\.(RSA|RSA256|RSA512)\.([^/]+)$/;
const DIGESTS = { RSA: 'sha1', RSA256: 'sha256', RSA512: 'sha512' } as const;
const MAX_SIGNATURE_BYTES = 2048;
/** What an extended header may say of a signature: abuild's `atime` and `ctime`, and GNU tar's fraction of a second. */
const HARMLESS_RECORDS: ReadonlySet<string> = new Set(['atime', 'ctime', 'mtime']);
const HINT = 'Fetch it again, from another mirror if that does not help.';
const TIME = /^\d{1,15}(\.\d{1,9})?$/;

/**
 * Whether a file's first gzip member is to be read as a signature member: its first tar entry is a `.SIGN.` file,
 * extended headers passed over (abuild >= 3.15 writes one). One that carries that name in any of the headers that lead
 * to its first entry counts too, so that a disguised signature is refused by `readSignatures` and never taken for
 * content. The rule is that of `apk_sign_ctx_process_file` (apk-tools, package.c and extract_v2.c) for all that passes.
 *
 * @throws VipisoError with `context.code` when the member does not begin as a valid tar archive.
 */
export function isSignatureMember(member: GzipMember, context: TarContext): boolean {
  for (const record of readTarRecords(member.content, context)) {
    if (namesOf(record).some((name) => name.startsWith(PREFIX))) return true;
    if (!isExtension(record)) return false;
  }
  return false;
}

/** Every name that a reader might take a record to have; of a path only its last part. */
function namesOf({ header, type, content, pax }: TarRecord): string[] {
  const names = [cString(header.subarray(0, 100)), ustarPath(header), pax.get('path') ?? ''];
  if (type === 'L') names.push(cString(content));
  return names.map((name) => name.slice(name.lastIndexOf('/') + 1));
}

/**
 * No hash covers a signature member, so it is looked at more closely than others: signatures alone, each with no more
 * than one extended header of times before it, and nothing behind the last. Three things may still change in it without
 * a trace, for those who sign differ in them: those times, the gzip header's hint at the compression level (2 from
 * `gzip -9`, as Alpine signs; 0 from Go's and from others at their default level), and from which of several equal
 * places a deflate stream copies. None changes what is read; the SHA-256 of a lock covers them from then on.
 *
 * @throws VipisoError with `context.code` when the member is not a valid archive of signatures alone.
 */
export function readSignatures(member: GzipMember, context: TarContext): Signature[] {
  if (hasSpareBits(member)) {
    throw new VipisoError(
      context.code,
      `${context.what} cannot be read: its signature has bits set where every encoder leaves zeros.`,
    );
  }
  const signatures: Signature[] = [];
  let extended = false;
  let end = 0;
  for (const record of readTarRecords(member.content, context)) {
    if (record.type === 'x') {
      if (extended) throw refusal(context, 'two extended headers precede a signature');
      checkTimes(record, context);
    } else {
      signatures.push(signatureOf(record, context));
    }
    extended = record.type === 'x';
    end = record.end;
  }
  if (extended) throw refusal(context, 'an extended header is followed by no signature');
  if (end !== member.content.length) throw refusal(context, 'something follows the last signature');
  return signatures;
}

function checkTimes({ pax }: TarRecord, context: TarContext): void {
  for (const [key, value] of pax) {
    if (!HARMLESS_RECORDS.has(key) || !TIME.test(value)) {
      throw refusal(context, `an extended header sets “${key}” of a signature`);
    }
  }
}

function signatureOf({ header, type, content }: TarRecord, context: TarContext): Signature {
  const path = cString(header.subarray(0, 100));
  const [, kind, keyName] = SIGNATURE_NAME.exec(path) ?? [];
  // Readers differ in what they take for ustar and in when they put its prefix before a name.
  const plain =
    header.toString('latin1', 257, 262) === 'ustar' &&
    header.subarray(345, 500).every((byte) => byte === 0);
  const sound = (type === '0' || type === '\0') && content.length <= MAX_SIGNATURE_BYTES && plain;
  if (keyName === undefined || !sound) throw strayEntry(path, context);
  return { keyName, digest: DIGESTS[kind as keyof typeof DIGESTS], bytes: content };
}

function refusal(context: TarContext, reason: string): VipisoError {
  const text = `${context.what} cannot be read: ${reason}, which no Alpine tool writes.`;
  return new VipisoError(context.code, text, { hint: HINT });
}

function strayEntry(path: string, context: TarContext): VipisoError {
  const text = `${context.what} holds “${path}” where only signatures are allowed.`;
  return new VipisoError(context.code, text, { hint: HINT });
}

/** @throws VipisoError with `context.code` for a signature among other files: no reader would ever check it. */
export function refuseSignatureAmong(
  entries: readonly { readonly path: string }[],
  context: TarContext,
): void {
  const stray = entries.find(({ path }) => path.startsWith(PREFIX));
  if (stray === undefined) return;
  const text = `${context.what} holds “${stray.path}” where no signature is allowed.`;
  throw new VipisoError(context.code, text, { hint: HINT });
}

/**
 * The gzip member that goes in front of `content` to sign it, byte for byte the archive that `abuild-sign` of abuild
 * >= 3.15 makes: SHA-1, which every apk-tools accepts, under the public key's name.
 *
 * @param mtime Unix seconds for the tar header.
 */
export function signatureMember(content: Buffer, key: SigningKey, mtime: number): Buffer {
  const bytes = rsaSignature(content, key);
  return gzipMember(signatureArchive({ keyName: key.name, digest: 'sha1', bytes }, mtime));
}

/** The tar archive of one signature as `tar --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f,atime:=0,ctime:=0`. */
export function signatureArchive({ keyName, digest, bytes }: Signature, mtime: number): Buffer {
  const kind = { sha1: 'RSA', sha256: 'RSA256', sha512: 'RSA512' }[digest];
  const entry = {
    path: `${PREFIX}${kind}.${keyName}`,
    type: 'file',
    mode: 0o644,
    mtime,
    content: bytes,
    numericOwner: true,
    pax: new Map([
      ['ctime', '0'],
      ['atime', '0'],
    ]),
  } as const;
  return writeTar([entry], { endMark: false });
}
