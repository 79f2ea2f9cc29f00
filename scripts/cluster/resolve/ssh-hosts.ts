import type { AccessModel } from '../model.ts';
import { absolutePath } from '../references.ts';
import type { ReferenceContext } from '../references.ts';
import type { AccessFile } from '../schema/system.ts';
import { resolveSecret } from '../secrets/secret.ts';
import { listOf } from './lists.ts';

export function resolveSshHosts(
  file: AccessFile['ssh'] = {},
  context: ReferenceContext,
): AccessModel['sshHosts'] {
  const keys = new Map(Object.entries(file.host_keys ?? {}));
  const certificates = new Map(Object.entries(file.host_certificates ?? {}));
  return [...new Set([...keys.keys(), ...certificates.keys()])].map((hostname) => ({
    hostname,
    keys: [keys.get(hostname) ?? []].flat().map((secret) => resolveSecret(secret, context)),
    certificates: listOf(certificates.get(hostname)).flatMap((path) => {
      // One that cannot be read is an error of the rules.
      const read = context.reader.readTextFile(absolutePath(context, path));
      return read.ok ? [read.text.trim()] : [];
    }),
  }));
}
