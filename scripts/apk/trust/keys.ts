import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { sha256 } from '../../core/digest.ts';
import type { Sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import type { KeySet, SigningKey } from '../model.ts';

/** A public key file: `name` is the file name by which signatures refer to it. */
export interface KeyFile {
  readonly name: string;
  readonly pem: string;
}

/** A fresh pair for signing indexes; the public half goes to whoever is to trust them. */
export interface KeyPair {
  readonly signing: SigningKey;
  readonly publicKey: KeyFile;
}

const KEY_BITS = 4096;
const MIN_KEY_BITS = 2048;
const KEY_NAME = /^[A-Za-z0-9][A-Za-z0-9@._+-]*\.rsa\.pub$/;

/**
 * Collects trusted keys.
 *
 * @throws VipisoError `usage` for a name that no signature can carry, or a file that holds no RSA public key.
 */
export function keySetOf(files: Iterable<KeyFile>): KeySet {
  const keys = new Map<string, string>();
  for (const { name, pem } of files) {
    if (!KEY_NAME.test(name)) {
      throw new VipisoError('usage', `“${name}” is not the name of an Alpine signing key.`, {
        hint: 'Public keys are files named like site-1a2b3c4d.rsa.pub.',
      });
    }
    readPublicKey(name, pem);
    keys.set(name, pem);
  }
  return keys;
}

function readPublicKey(name: string, pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    throw new VipisoError('usage', `The key file ${name} holds no public key in PEM form.`, {
      cause,
    });
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa' || bits < MIN_KEY_BITS) {
    throw new VipisoError(
      'usage',
      `The key file ${name} holds no RSA key of ${MIN_KEY_BITS} bits or more.`,
    );
  }
  return key;
}

/** SHA-256 of the DER form (SubjectPublicKeyInfo): the same however the PEM is wrapped. */
export function keyFingerprint(pem: string): Sha256 {
  const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
  return sha256(der);
}

/** Makes a key pair; the name ends in the fingerprint's first digits, as Alpine's keys end in a number. */
export function generateKeyPair(prefix: string, bits: number = KEY_BITS): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: bits,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const name = `${prefix}-${keyFingerprint(publicKey).slice(0, 8)}.rsa.pub`;
  return {
    signing: { name, privateKeyPem: privateKey },
    publicKey: { name, pem: publicKey },
  };
}
