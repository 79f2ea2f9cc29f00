import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

interface CanaryCluster {
  /** Parts of a cluster file that name every secret there is. */
  readonly file: Record<string, unknown>;
  readonly env: Record<string, string>;
  /** What must not be found, by the secret's key. */
  readonly values: Readonly<Record<string, string>>;
}

/** Writes secrets that cannot be mistaken into files below a folder. */
export function canaryCluster(folder: string): CanaryCluster {
  const secrets = path.join(folder, 'secrets');
  mkdirSync(secrets, { recursive: true, mode: 0o700 });
  const put = (name: string, text: string): { file: string } => {
    writeFileSync(path.join(secrets, name), `${text}\n`, { mode: 0o600 });
    return { file: `secrets/${name}` };
  };
  const keys = ['lb-1', 'lb-2'].map((node) => {
    const file = path.join(secrets, node);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file]);
    const [, line = ''] = readFileSync(file, 'utf8').trim().split('\n').slice(-3);
    return { node, reference: { file: `secrets/${node}` }, line };
  });
  const key = execFileSync('ssh-keygen', ['-y', '-f', path.join(secrets, 'lb-1')], {
    encoding: 'utf8',
  });
  const hash = (salt: string): string =>
    execFileSync('openssl', ['passwd', '-6', '-salt', salt, 'canary'], { encoding: 'utf8' }).trim();
  const hashes = { root: hash('canaryroot'), admin: hash('canaryadmin') };
  const values = {
    'vrrp.auth_pass': 'cAnArY7v',
    'stats.password': 'canary-of-stats-4711',
    'access.root_password_hash': hashes.root,
    'access.admin_user.password_hash': hashes.admin,
    ...Object.fromEntries(keys.map(({ node, line }) => [`access.ssh.host_keys.${node}`, line])),
  };
  return {
    env: { CANARY_STATS: values['stats.password'] },
    values,
    file: {
      vrrp: { vip: '192.168.9.139', version: 2, auth_pass: put('vrrp', values['vrrp.auth_pass']) },
      stats: { user: 'ops', password: { env: 'CANARY_STATS' } },
      access: {
        root_password_hash: put('root', hashes.root),
        admin_user: { name: 'ops', password_hash: put('admin', hashes.admin) },
        ssh_authorized_keys: [key.trim()],
        ssh: { host_keys: Object.fromEntries(keys.map((it) => [it.node, it.reference])) },
      },
    },
  };
}
