import { HASH, KEY } from '../../../../support/credentials.ts';
import type { RuleCase } from '../rule-case.ts';

export const ACCESS_CASES: readonly RuleCase[] = [
  {
    code: 'access',
    what: 'sshd without keys',
    bad: { rest: { access: { sshd: true } } },
    finding: ['warning access.sshd', 'nobody can log in'],
    good: { rest: { access: { ssh_authorized_keys: KEY } } },
  },
  {
    code: 'access',
    what: 'keys without sshd',
    bad: { rest: { access: { sshd: false, ssh_authorized_keys: [KEY] } } },
    finding: ['warning access.ssh_authorized_keys', 'sshd is off'],
    good: { rest: { access: { sshd: true, ssh_authorized_keys: [KEY] } } },
  },
  {
    code: 'access',
    what: 'an administrator without a way in',
    bad: { rest: { access: { admin_user: { name: 'ops' } } } },
    finding: ['warning access.admin_user', 'cannot log in'],
    good: { rest: { access: { admin_user: { name: 'ops' }, ssh_authorized_keys: KEY } } },
  },
  {
    code: 'access',
    what: 'half a login of the statistics page',
    bad: { rest: { stats: { user: 'admin' } } },
    finding: ['error stats', 'one is missing'],
    good: { rest: { stats: { user: 'admin', password: { env: 'STATS' } } } },
    world: { env: { STATS: 'secret' } },
  },
  {
    code: 'secret-inline',
    what: 'a secret in the clear',
    bad: { vrrp: { auth_pass: 'secret' } },
    finding: ['warning vrrp.auth_pass', 'is written in the cluster file'],
    good: { vrrp: { auth_pass: { file: 'pass' } } },
    world: { files: { '/site/pass': 'secret\n' } },
  },
  {
    code: 'secret-missing',
    what: 'a secret file that is not there',
    bad: { vrrp: { auth_pass: { file: 'nowhere' } } },
    finding: [
      'error vrrp.auth_pass',
      'cannot be read from the file nowhere: there is no such file',
    ],
    good: { vrrp: { auth_pass: { file: '/run/pass' } } },
    world: { files: { '/run/pass': 'secret' } },
  },
  {
    code: 'secret-format',
    what: 'a hash that musl cannot check',
    bad: { rest: { access: { root_password_hash: { env: 'YESCRYPT' } } } },
    finding: ['error access.root_password_hash', 'musl'],
    good: { rest: { access: { root_password_hash: { env: 'SHA512' } } } },
    world: { env: { YESCRYPT: '$y$j9T$salt$hash', SHA512: HASH } },
  },
  {
    code: 'secret-format',
    what: 'a password where a hash belongs',
    bad: { rest: { access: { root_password_hash: { env: 'CLEAR' } } } },
    finding: ['error access.root_password_hash', 'not a crypt(3) hash'],
    good: { rest: { access: { root_password_hash: { env: 'SHA512' } } } },
    world: { env: { CLEAR: 'hunter2', SHA512: HASH } },
  },
  {
    code: 'secret-format',
    what: 'a secret of two lines',
    bad: { vrrp: { auth_pass: { file: 'pass' } } },
    finding: ['error vrrp.auth_pass', 'control characters'],
    good: { vrrp: { auth_pass: { env: 'PASS' } } },
    world: { files: { '/site/pass': 'a\nb' }, env: { PASS: 'ab' } },
  },
];
