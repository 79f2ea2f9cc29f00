import { keyFingerprint } from './keys.ts';
import type { KeyFile } from './keys.ts';

/**
 * Fingerprints of the keys that sign Alpine's own repositories, from package alpine-keys 2.4
 * (usr/share/apk/keys/<arch>). These are the trust root: key files may come from anywhere, for they are
 * checked against this table.
 */
const OFFICIAL_KEYS = [
  {
    arch: 'x86_64',
    name: 'alpine-devel@lists.alpinelinux.org-4a6a0840.rsa.pub',
    fingerprint: '4e0c26751a474db486b0a8f37e37ff02e12465e8cea8ef08614ac173cb870f28',
  },
  {
    arch: 'x86_64',
    name: 'alpine-devel@lists.alpinelinux.org-5261cecb.rsa.pub',
    fingerprint: 'bb1f0937c138e81a838e0958c4c756547dac85794e38bf1a5536a0808dcf95f2',
  },
  {
    arch: 'x86_64',
    name: 'alpine-devel@lists.alpinelinux.org-6165ee59.rsa.pub',
    fingerprint: '8a70fc55f1a6fb2a392ad5a3e71aff82a637b2b33659c046f6b6a909bb5d1ab7',
  },
  {
    arch: 'aarch64',
    name: 'alpine-devel@lists.alpinelinux.org-58199dcc.rsa.pub',
    fingerprint: '635a0325ac8c11ec329698586cd2a8e54c18ba376d5d4bc215a489e1a774fb88',
  },
  {
    arch: 'aarch64',
    name: 'alpine-devel@lists.alpinelinux.org-616ae350.rsa.pub',
    fingerprint: '479f16f4170a9ea0c65e1de854860949b1a549cfa1f43552f7a2e821c9e2f409',
  },
] as const;

/** File names of the official keys of an architecture: what to ask a mirror or site for. */
export function officialKeyNames(arch: string): readonly string[] {
  return OFFICIAL_KEYS.filter((key) => key.arch === arch).map((key) => key.name);
}

/** Whether the file is, by fingerprint, the official key of that name for that architecture. */
export function isOfficialKey(file: KeyFile, arch: string): boolean {
  const official = OFFICIAL_KEYS.find((key) => key.arch === arch && key.name === file.name);
  return official !== undefined && official.fingerprint === keyFingerprint(file.pem);
}
