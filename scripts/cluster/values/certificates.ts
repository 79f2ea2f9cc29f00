import { X509Certificate } from 'node:crypto';

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * Why HAProxy would not take a file as a CA (`ca-file`: certificates in PEM form, RFC 7468); undefined where it would.
 */
export function caProblem(text: string): string | undefined {
  const begun = text.split('-----BEGIN CERTIFICATE-----').length - 1;
  if (begun === 0) return 'holds no certificate in PEM form';
  const blocks = text.match(BLOCK) ?? [];
  if (blocks.length < begun) return 'holds a certificate that is cut off';
  const broken = blocks.findIndex((block) => !isCertificate(block));
  return broken < 0 ? undefined : `holds a certificate that is damaged (number ${broken + 1})`;
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    // OpenSSL could not read it, and HAProxy, which uses it too, could not either.
    return false;
  }
}

/** The certificates of a PEM file and nothing else of it (RFC 7468, section 5), one behind the other. */
export function certificatesOf(pem: string): string {
  return (pem.match(BLOCK) ?? []).map((block) => `${block}\n`).join('');
}

/** Whether a text holds a private key, or the end of one, of any kind (RFC 7468, sections 10 and 11, and the older forms). */
export function holdsPrivateKey(pem: string): boolean {
  return /-----(BEGIN|END) ([A-Z0-9]+ )*PRIVATE KEY-----/.test(pem);
}
