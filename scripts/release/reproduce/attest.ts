import path from 'node:path';
import { writeFileAtomic } from '../../host/fs/atomic-file.ts';
import type { SiteKey } from '../../packages/trust/site-key.ts';
import { attestationFiles, formatAttestation } from '../format/attestation.ts';
import type { Rebuilt } from '../format/attestation.ts';
import { signChecksums } from '../sign/checksums-signature.ts';

/**
 * Writes a signed statement of a rebuild into the release, in the place of an older one by the same key; the signature
 * comes last. It is not in the release's checksums.
 *
 * @param folder of the release
 * @returns path of the statement in the release
 * @throws VipisoError permission, disk-full, io
 */
export async function attest(folder: string, rebuilt: Rebuilt, key: SiteKey): Promise<string> {
  const files = attestationFiles(key.signing.name);
  const text = formatAttestation(rebuilt);
  await writeFileAtomic(path.join(folder, files.key), key.publicKeyPem, { mode: 0o644 });
  await writeFileAtomic(path.join(folder, files.statement), text, { mode: 0o644 });
  const signature = signChecksums(text, key.signing.privateKeyPem);
  await writeFileAtomic(path.join(folder, files.signature), signature, { mode: 0o644 });
  return files.statement;
}
