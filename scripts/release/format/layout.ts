/** Where things lie in a release folder, relative to it. */
export const RELEASE = {
  manifest: 'manifest.json',
  /** One line for every file of the release but itself, its signatures and what others add: `sha256sum -c` reads it. */
  checksums: 'SHA256SUMS',
  /** Raw RSA signature (PKCS #1 v1.5, SHA-256) of the checksums by the site's key: `openssl dgst -verify` reads it. */
  signature: 'SHA256SUMS.sig',
  cyclonedx: 'sbom.cdx.json',
  spdx: 'sbom.spdx.json',
  provenance: 'provenance.intoto.json',
  vulnerabilities: 'vulnerabilities.json',
  changes: 'CHANGES.md',
  proof: 'proof.json',
  proofPage: 'proof.html',
} as const;

/** Folders of a release. */
export const RELEASE_FOLDERS = {
  /** The cluster file, its lock and all that they refer to, but for secrets in the clear. */
  inputs: 'inputs',
  /** Public halves of the keys that signed it. They prove nothing by themselves: a reader trusts keys of their own. */
  keys: 'keys',
  /** What a hypervisor takes. Made from images of the same release, and so in its checksums. */
  deploy: 'deploy',
  /** Signatures of the checksums by other keys that are accepted still: `<key without .rsa.pub>.sig`. */
  signatures: 'signatures',
  /** What other rebuilders say; added after the release was signed. */
  attestations: 'attestations',
} as const;

/** What lies in a release folder and cannot be in its checksums. */
export function isBesideChecksums(path: string): boolean {
  return (
    path === RELEASE.checksums ||
    path === RELEASE.signature ||
    path.startsWith(`${RELEASE_FOLDERS.signatures}/`) ||
    path.startsWith(`${RELEASE_FOLDERS.attestations}/`)
  );
}

/** Where the signature by another key lies. @param key name of its public half, `site-1a2b3c4d.rsa.pub` */
export function signatureFile(key: string): string {
  return `${RELEASE_FOLDERS.signatures}/${key.replace(/\.rsa\.pub$/, '')}.sig`;
}

const FORBIDDEN_PART = /^(\.{0,2})$|[\p{Cc}\\]/u;

/** A path that stays below the folder, with no empty or special part. */
export function isReleasePath(path: string): boolean {
  return path.split('/').every((part) => !FORBIDDEN_PART.test(part));
}
