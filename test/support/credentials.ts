/** The public key of nobody: its 32 bytes are a sentence. */
export const KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGV4YW1wbGUga2V5IG9mIG5vYm9keSwgZm9yIHRleHRz ops@example.org';

/** `openssl passwd -6 -salt salt example` */
export const HASH =
  '$6$salt$tyTLpddAm/ZMMzYTDrJHr993gLSylkYnkHHlbFF0MeLfBjZyP2wfnhCK5TqiznLM38O1CZSVNwdWQuagPeCj81';
