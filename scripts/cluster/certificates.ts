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
