import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { KeyPair } from '../../../scripts/apk/trust/keys.ts';
import { gzipMember } from '../../../scripts/formats/gzip-members.ts';

/** `today`: as abuild >= 3.15 calls tar (functions.sh, apk_tar); `old`: as those before it did. */
export type SignatureForm = 'today' | 'old';
export type SignatureKind = 'RSA' | 'RSA256' | 'RSA512';

const FORMS: Readonly<Record<SignatureForm, readonly string[]>> = {
  today: ['--format=posix', '--pax-option=exthdr.name=%d/PaxHeaders/%f,atime:=0,ctime:=0'],
  old: ['--format=gnu'],
};
const DIGESTS = { RSA: '-sha1', RSA256: '-sha256', RSA512: '-sha512' } as const;
const BLOCK = 512;

export interface SignatureOptions {
  readonly form: SignatureForm;
  readonly kind?: SignatureKind | undefined;
  /** Seconds of the file's time; with a fraction, today's form records it. */
  readonly mtime?: number | undefined;
  /** Further files of the archive, by name, behind the signature. */
  readonly others?: Readonly<Record<string, string>> | undefined;
}

/** A signature of `content` by the tools that abuild-sign calls: openssl and GNU tar, the end mark cut off. */
export function signatureTar(content: Buffer, key: KeyPair, options: SignatureOptions): Buffer {
  const { form, kind = 'RSA', mtime = 1_700_000_000, others = {} } = options;
  const folder = mkdtempSync(path.join(tmpdir(), 'vipiso-signature-'));
  try {
    const name = `.SIGN.${kind}.${key.publicKey.name}`;
    const file = (it: string): string => path.join(folder, it);
    writeFileSync(file('content'), content);
    writeFileSync(file('key'), key.signing.privateKeyPem);
    execFileSync('openssl', [
      ...['dgst', DIGESTS[kind], '-sign', file('key'), '-out', file(name)],
      file('content'),
    ]);
    for (const [other, text] of Object.entries(others)) writeFileSync(file(other), text);
    const members = [name, ...Object.keys(others)];
    for (const it of members) utimesSync(file(it), mtime, mtime);
    return withoutEndMark(gnuTar(folder, [...FORMS[form], ...members]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function gnuTar(folder: string, args: readonly string[]): Buffer {
  const owners = ['--owner=0', '--group=0', '--numeric-owner', '--mode=644'];
  return execFileSync('tar', ['-C', folder, ...owners, '-c', '-f', '-', ...args]);
}

/** As `abuild-tar --cut`. */
function withoutEndMark(tar: Buffer): Buffer {
  let end = tar.length;
  while (tar.subarray(end - BLOCK, end).every((byte) => byte === 0)) end -= BLOCK;
  return tar.subarray(0, end);
}

/** Signs what `content` is, as `abuild-sign` does: the signature goes in front. */
export function signedBy(content: Buffer, key: KeyPair, options: SignatureOptions): Buffer {
  return Buffer.concat([gzipMember(signatureTar(content, key, options)), content]);
}
