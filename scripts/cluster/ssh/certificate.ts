import { isSignedBy, blobOf, readPublicMembers } from './public-key.ts';
import { WireError, WireReader } from './wire.ts';
import { holdsPrivateKey } from '../values/certificates.ts';

/** A certificate of OpenSSH (PROTOCOL.certkeys). */
export interface HostCertificate {
  readonly use: 'host' | 'user';
  /** Of the key that it is for, in wire form. */
  readonly publicBlob: Buffer;
  readonly keyId: string;
  /** Host names and addresses that it holds for. */
  readonly principals: readonly string[];
  /** Unix seconds. */
  readonly validAfter: bigint;
  /** Unix seconds; the greatest number that there is = for ever. */
  readonly validBefore: bigint;
}

export type CertificateResult =
  | { readonly ok: true; readonly certificate: HostCertificate }
  | { readonly ok: false; readonly reason: string };

const SUFFIX = '-cert-v01@openssh.com';
const USES: Readonly<Record<number, HostCertificate['use']>> = { 1: 'user', 2: 'host' };

/**
 * Reads a certificate, as `ssh-keygen -s` writes it beside the key: one line of type, base64 and comment. Its signature
 * must be that of the authority that it names.
 */
export function readCertificate(text: string): CertificateResult {
  const [type = '', data = ''] = text.trim().split(/\s+/);
  if (!type.endsWith(SUFFIX)) {
    const what = holdsPrivateKey(text) ? 'a private key' : 'not a certificate of OpenSSH';
    return {
      ok: false,
      reason: `it is ${what}: those begin with ssh-ed25519${SUFFIX} or the like`,
    };
  }
  try {
    return readBlob(Buffer.from(data, 'base64'), type);
  } catch (error) {
    return {
      ok: false,
      reason: error instanceof WireError ? error.message : 'it cannot be decoded',
    };
  }
}

function readBlob(blob: Buffer, type: string): CertificateResult {
  const from = new WireReader(blob);
  if (from.text() !== type) return { ok: false, reason: 'it is of another type than it says' };
  from.bytes();
  const key = readPublicMembers(type.slice(0, -SUFFIX.length), from);
  from.uint64();
  const use = USES[from.uint32()];
  const keyId = from.text();
  const principals = textsIn(from.bytes());
  const validAfter = from.uint64();
  const validBefore = from.uint64();
  // Critical options, extensions, and what is reserved.
  for (let field = 0; field < 3; field += 1) from.bytes();
  const authority = from.bytes();
  const signed = blob.subarray(0, from.at);
  if (use === undefined || !isSignedBy(authority, signed, from.bytes()) || !from.isAtEnd)
    return { ok: false, reason: 'its signature is not that of the authority that it names' };
  const publicBlob = blobOf(key);
  const certificate = { use, publicBlob, keyId, principals, validAfter, validBefore };
  return { ok: true, certificate };
}

function textsIn(list: Buffer): readonly string[] {
  const from = new WireReader(list);
  const texts: string[] = [];
  while (!from.isAtEnd) texts.push(from.text());
  return texts;
}
