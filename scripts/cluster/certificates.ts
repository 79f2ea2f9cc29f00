const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** The certificates of a PEM file and nothing else of it (RFC 7468, section 5), one behind the other. */
export function certificatesOf(pem: string): string {
  return (pem.match(BLOCK) ?? []).map((block) => `${block}\n`).join('');
}

/** Whether a PEM file holds a private key of any kind (RFC 7468, sections 10 and 11, and the older forms). */
export function holdsPrivateKey(pem: string): boolean {
  return /-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----/.test(pem);
}
