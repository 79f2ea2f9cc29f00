import type { CodePage } from './page.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGV4YW1wbGUga2V5IG9mIG5vYm9keSwgZm9yIHRleHRz me';

export const ACCESS_PAGES: readonly CodePage[] = [
  {
    code: 'access',
    title: 'A way in that nobody can use, or half a login',
    meaning:
      'sshd takes keys only, so it is of no use without one; an administrator needs a password or a key; the statistics page needs a user and a password, or neither.',
    remedy: 'Give what is missing, or leave the rest out.',
    silence: true,
    example: {
      before: 'access:\n  sshd: true',
      after: `access:\n  sshd: true\n  ssh_authorized_keys: ${KEY}`,
    },
  },
  {
    code: 'ssh-key',
    title: 'A public key that opens nothing',
    meaning:
      'The key is cut off, of another kind than the line says, or of a kind that sshd does not take. The system of a node cannot be changed while it runs: where this is the only key, nobody gets in.',
    remedy:
      'Copy the whole line of the .pub file; ssh-keygen -l -f FILE tells whether it is whole.',
    silence: true,
    example: {
      before: 'access:\n  ssh_authorized_keys: ssh-ed25519 AAAA me',
      after: `access:\n  ssh_authorized_keys: ${KEY}`,
    },
  },
  {
    code: 'secret-format',
    title: 'A secret in a form that does not work',
    meaning:
      'A password hash of another length than its kind has, of a kind that musl (Alpine’s C library) cannot check, or no hash at all; a password with blanks or letters outside ASCII.',
    remedy: 'Make a hash with: openssl passwd -6',
    silence: false,
    example: {
      before: 'access:\n  root_password_hash: {env: CUT_HASH}',
      after: 'access:\n  root_password_hash: {env: ROOT_HASH}',
    },
  },
  {
    code: 'secret-inline',
    title: 'A secret in the cluster file',
    meaning: 'Cluster files are copied, mailed and committed, and the secret with them.',
    remedy: 'Use {file: path} or {env: NAME}.',
    silence: true,
    example: {
      before: 'vrrp:\n  auth_pass: example',
      after: 'vrrp:\n  auth_pass: {file: secret}',
    },
  },
  {
    code: 'secret-missing',
    title: 'A secret that cannot be read',
    meaning: 'The file or the environment variable is not there.',
    remedy: 'Create it, or name another place. Paths start at the folder of the cluster file.',
    silence: false,
    example: {
      before: 'vrrp:\n  auth_pass: {file: nowhere}',
      after: 'vrrp:\n  auth_pass: {file: secret}',
    },
  },
  {
    code: 'secret-mode',
    title: 'A secret file that others can read or change',
    meaning:
      'Every account of this machine can read the file, or it or the group can put another secret into the next images.',
    remedy: 'chmod 600 FILE',
    silence: true,
    example: {
      before: 'vrrp:\n  auth_pass: {file: open-secret}',
      after: 'vrrp:\n  auth_pass: {file: secret}',
    },
  },
  {
    code: 'reserved-name',
    title: 'A name that means something else already',
    meaning:
      'Of two accounts with one name the first counts, and those of the base system cannot log in; a node called localhost is every machine.',
    remedy: 'Choose another name.',
    silence: false,
    example: {
      before: `access:\n  ssh_authorized_keys: ${KEY}\n  admin_user: {name: haproxy}`,
      after: `access:\n  ssh_authorized_keys: ${KEY}\n  admin_user: {name: ops}`,
    },
  },
  {
    code: 'host-keys',
    title: 'SSH host keys or certificates that sshd or its clients would refuse',
    meaning:
      'A host key is a private key without a passphrase, one of each kind a node; a certificate is of a key that is there, for hosts, valid for the names and addresses of its node, and not about to end. sshd leaves out what it cannot read, and clients warn of a host that they do not know: the moment at which somebody is in a hurry.',
    remedy:
      'Make keys with `vipiso key new --ssh-host`, and sign their public halves with `ssh-keygen -s CA -h`.',
    silence: true,
    example: {
      before: 'access:\n  ssh:\n    host_keys: {lb-9: {env: HOST_KEY}}',
      after: 'access:\n  sshd: false',
    },
  },
];
