import { keyEntries } from '../resolve/authorized-keys.ts';
import { listOf } from '../resolve/lists.ts';
import { ClusterFile } from '../schema.ts';
import { formatPath } from '../text/document-path.ts';
import { sourceOf } from './secret.ts';
import { secretsIn } from './secrets-in.ts';
import type { PlacedSecret } from './secrets-in.ts';

/** What a cluster file needs beside itself. Paths are as written: absolute, or relative to its folder. */
export interface FileReferences {
  /** Folder of the user's own files. */
  readonly overlay: string | undefined;
  /** Certificates and public keys, by the key that names them. */
  readonly files: readonly { readonly key: string; readonly path: string }[];
  readonly secrets: readonly SecretSource[];
}

export interface SecretSource {
  /** `vrrp.auth_pass`. */
  readonly key: string;
  /** `file secrets/vrrp`, `environment variable VRRP_PASS`, `age file secrets/vrrp.age`, or `cluster file`. */
  readonly source: string;
  readonly kind: 'file' | 'env' | 'inline' | 'encrypted';
  /** As written. Of what is encrypted, the file that may be passed on. */
  readonly file?: string;
}

/** @param document of a cluster file that was found to be good */
export function fileReferencesOf(document: unknown): FileReferences {
  const file = ClusterFile.parse(document);
  return {
    overlay: file.overlay,
    files: [
      ...syslogAuthority(file),
      ...authoritiesOf(file),
      ...hostCertificatesOf(file),
      ...keyEntries(file.access?.ssh_authorized_keys).flatMap(({ entry, path }) =>
        typeof entry === 'string' ? [] : [{ key: formatPath(path), path: entry.file }],
      ),
    ],
    secrets: secretsIn(file).map(secretSource),
  };
}

function authoritiesOf(file: ClusterFile): FileReferences['files'] {
  return file.services.flatMap(({ check }, index) =>
    typeof check === 'object' && 'ca' in check && check.ca !== undefined
      ? [{ key: `services[${index}].check.ca`, path: check.ca }]
      : [],
  );
}

function hostCertificatesOf({ access }: ClusterFile): FileReferences['files'] {
  return Object.entries(access?.ssh?.host_certificates ?? {}).flatMap(([hostname, written]) =>
    listOf(written).map((path) => ({ key: `access.ssh.host_certificates.${hostname}`, path })),
  );
}

function syslogAuthority({ system }: ClusterFile): FileReferences['files'] {
  const path = system?.syslog_ca;
  return path === undefined ? [] : [{ key: 'system.syslog_ca', path }];
}

function secretSource({ secret, path }: PlacedSecret): SecretSource {
  // Of several keys of one node, the node is named.
  const key = formatPath(typeof path.at(-1) === 'number' ? path.slice(0, -1) : path);
  const source = sourceOf(secret);
  if (typeof secret === 'string') return { key, source, kind: 'inline' };
  if ('env' in secret) return { key, source, kind: 'env' };
  if ('file' in secret) return { key, source, kind: 'file', file: secret.file };
  return { key, source, kind: 'encrypted', file: 'sops' in secret ? secret.sops : secret.age };
}
