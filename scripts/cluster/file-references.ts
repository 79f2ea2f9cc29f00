import { formatPath } from './document-path.ts';
import { readYaml } from './read-yaml.ts';
import { groupFilesOf } from './resolve/groups.ts';
import { ClusterFile } from './schema.ts';
import type { Secret } from './schema/scalars.ts';

/** What a cluster file needs beside itself. Paths are as written: absolute, or relative to its folder. */
export interface FileReferences {
  /** Folder of the user's own files. */
  readonly overlay: string | undefined;
  /** Certificates, by the key that names them. */
  readonly certificates: readonly { readonly key: string; readonly path: string }[];
  readonly secrets: readonly PlacedSecret[];
}

export interface PlacedSecret {
  /** `vrrp.auth_pass`. */
  readonly key: string;
  /** `file secrets/vrrp`, `environment variable VRRP_PASS`, or `cluster file`. */
  readonly source: string;
  readonly kind: 'file' | 'env' | 'inline';
}

/** @param text of a cluster file that was found to be good; of any other the result means nothing */
export function fileReferencesOf(text: string): FileReferences {
  const file = ClusterFile.parse(readYaml(text).value);
  return {
    overlay: file.overlay,
    certificates: [
      ...syslogCertificate(file),
      ...file.services.flatMap(({ check }, index) =>
        typeof check === 'object' && 'ca' in check && check.ca !== undefined
          ? [{ key: `services[${index}].check.ca`, path: check.ca }]
          : [],
      ),
    ],
    secrets: [
      ...groupFilesOf(file).flatMap(({ written, path }) =>
        placed(`${formatPath(path)}.auth_pass`, written.auth_pass),
      ),
      ...placed('access.root_password_hash', file.access?.root_password_hash),
      ...placed('access.admin_user.password_hash', file.access?.admin_user?.password_hash),
      ...placed('stats.password', file.stats?.password),
    ],
  };
}

function syslogCertificate({ system }: ClusterFile): FileReferences['certificates'] {
  const path = system?.syslog_ca;
  return path === undefined ? [] : [{ key: 'system.syslog_ca', path }];
}

function placed(key: string, secret: Secret | undefined): PlacedSecret[] {
  if (secret === undefined) return [];
  if (typeof secret === 'string') return [{ key, source: 'cluster file', kind: 'inline' }];
  return 'env' in secret
    ? [{ key, source: `environment variable ${secret.env}`, kind: 'env' }]
    : [{ key, source: `file ${secret.file}`, kind: 'file' }];
}
