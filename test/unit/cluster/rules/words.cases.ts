import { TEST_CA } from '../../../support/cluster/overlay-variants.ts';
import { HASH, KEY } from '../../../support/credentials.ts';
import { lb1, lb2 } from './rule-case.ts';
import type { RuleCase } from './rule-case.ts';

const PRIVATE = '-----BEGIN RSA PRIVATE KEY-----\nAA==\n-----END RSA PRIVATE KEY-----\n';
const way = { network: { gateway: '192.168.9.1', dns: '192.168.9.1' } };

const text = (field: string): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0, field.length]), Buffer.from(field)]);
const line = (type: string, ...fields: readonly (string | Buffer)[]): string => {
  const parts = fields.map((field) => {
    const bytes = Buffer.from(field);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  });
  return `${type} ${Buffer.concat([text(type), ...parts]).toString('base64')} me`;
};
const modulus = (bits: number) => Buffer.concat([Buffer.from([0]), Buffer.alloc(bits / 8, 0xff)]);
const point = (bytes: number) => Buffer.concat([Buffer.from([4]), Buffer.alloc(bytes - 1, 1)]);

/** Keys that let nobody in, words of why, and a whole one of the kind. */
const KEYS: readonly (readonly [what: string, bad: string, part: string, good: string])[] = [
  ['cut off at once', 'ssh-ed25519 AAAA me', 'cut off', KEY],
  ['cut off in the middle', KEY.replace('m9yIHRleHRz', ''), 'cut off', KEY],
  ['with a letter too many', KEY.replace('RleHRz', 'RleHRzAAAA'), 'cut off', KEY],
  [
    'of another type inside',
    KEY.replace('ssh-ed25519 ', 'ssh-rsa '),
    'the key inside is ssh-ed25519',
    KEY,
  ],
  ['that is words', 'ssh-ed25519 PasteYourKeyHere me', 'cut off', KEY],
  ['of DSA', line('ssh-dss', 'p', 'q', 'g', 'y'), 'DSA', KEY],
  [
    'of RSA with 768 bits',
    line('ssh-rsa', '\u0001\u0000\u0001', modulus(768)),
    '768 bits',
    line('ssh-rsa', '\u0001\u0000\u0001', modulus(3072)),
  ],
  [
    'of RSA without its modulus',
    line('ssh-rsa', '\u0001\u0000\u0001'),
    'cut off',
    line('ssh-rsa', '\u0001\u0000\u0001', modulus(2048)),
  ],
  [
    'of ECDSA with half a point',
    line('ecdsa-sha2-nistp256', 'nistp256', point(33)),
    'cut off',
    line('ecdsa-sha2-nistp256', 'nistp256', point(65)),
  ],
  [
    'of ECDSA with another curve',
    line('ecdsa-sha2-nistp384', 'nistp256', point(97)),
    'cut off',
    line('ecdsa-sha2-nistp384', 'nistp384', point(97)),
  ],
  [
    'of a token without its application',
    line('sk-ssh-ed25519@openssh.com', Buffer.alloc(32)),
    'cut off',
    line('sk-ssh-ed25519@openssh.com', Buffer.alloc(32), 'ssh:'),
  ],
];

const BROKEN_HASHES: readonly string[] = [
  '$6$abc',
  '$6$salt$tooshort',
  `${HASH}x`,
  HASH.replace('$6$', '$5$'),
  '$1$salt$short',
  '$2b$12$short',
];

export const WORDS_CASES: readonly RuleCase[] = [
  ...KEYS.map(([what, bad, part, good]): RuleCase => ({
    code: 'ssh-key',
    what: `a key ${what}`,
    bad: { rest: { access: { ssh_authorized_keys: [bad] } } },
    finding: ['error access.ssh_authorized_keys[0]', part],
    good: { rest: { access: { ssh_authorized_keys: [good, `from="10.0.0.0/8" ${KEY}`] } } },
  })),
  {
    code: 'ssh-key',
    what: 'a file with one broken key',
    bad: { rest: { access: { ssh_authorized_keys: { file: 'bad.pub' } } } },
    finding: ['error access.ssh_authorized_keys', 'the key in bad.pub:3'],
    good: { rest: { access: { ssh_authorized_keys: [{ file: 'good.pub' }, KEY] } } },
    world: { files: { '/site/bad.pub': `# of us\n${KEY}\nssh-rsa AAAA\n`, '/site/good.pub': KEY } },
  },
  {
    code: 'ssh-key',
    what: 'the private half of a key',
    bad: { rest: { access: { sshd: true, ssh_authorized_keys: { file: 'id' } } } },
    finding: ['error access.ssh_authorized_keys.file', 'a private key'],
    good: { rest: { access: { ssh_authorized_keys: { file: 'id.pub' } } } },
    world: { files: { '/site/id': PRIVATE, '/site/id.pub': `${KEY}\n` } },
  },
  {
    code: 'reference',
    what: 'a file of keys that is not there',
    bad: { rest: { access: { ssh_authorized_keys: { file: 'nowhere.pub' } } } },
    finding: ['error access.ssh_authorized_keys.file', 'cannot be read from nowhere.pub'],
    good: {},
  },
  ...BROKEN_HASHES.map((hash): RuleCase => ({
    code: 'secret-format',
    what: `a hash ${hash.slice(0, 12)} of ${hash.length} letters`,
    bad: { rest: { access: { root_password_hash: { env: 'HASH' } } } },
    finding: ['error access.root_password_hash', 'not as long as those are'],
    good: { rest: { access: { root_password_hash: { env: 'GOOD' } } } },
    world: { env: { HASH: hash, GOOD: HASH.replace('$6$', '$6$rounds=5000$') } },
  })),
  ...['haproxy', 'wheel', 'nobody', 'sshd', 'keepalived_script', 'root', 'disk'].map(
    (name): RuleCase => ({
      code: 'reserved-name',
      what: `an administrator called ${name}`,
      bad: { rest: { access: { ssh_authorized_keys: KEY, admin_user: { name } } } },
      finding: ['error access.admin_user.name', name === 'root' ? 'there already' : name],
      good: { rest: { access: { ssh_authorized_keys: KEY, admin_user: { name: 'ops' } } } },
    }),
  ),
  ...['localhost', '10'].map((hostname): RuleCase => ({
    code: 'reserved-name',
    what: `a node called ${hostname}`,
    bad: { nodes: [{ ...lb1, hostname }, lb2] },
    finding: ['error nodes[0].hostname', hostname],
    good: {},
  })),
  {
    code: 'private-key',
    what: 'a CA with its key',
    bad: { service: { check: { type: 'https', ca: 'both.pem' } } },
    finding: ['warning services[0].check.ca', 'holds a private key'],
    good: { service: { check: { type: 'https', ca: 'ca.crt' } } },
    world: { files: { '/site/both.pem': TEST_CA + PRIVATE, '/site/ca.crt': TEST_CA } },
  },
  ...(
    [
      [0o644, 'can read'],
      [0o666, 'can change'],
      [0o620, 'its group can change'],
    ] as const
  ).map(([mode, part]): RuleCase => ({
    code: 'secret-mode',
    what: `a secret file of mode ${mode.toString(8)}`,
    bad: { vrrp: { auth_pass: { file: 'open' } } },
    finding: ['warning vrrp.auth_pass.file', part],
    good: { vrrp: { auth_pass: { file: 'closed' } } },
    world: {
      files: { '/site/open': 'pass', '/site/closed': 'pass' },
      modes: { '/site/open': mode, '/site/closed': 0o640 },
    },
  })),
  ...[
    'apkovl=x',
    'alpine_repo=http://x/',
    'modloop=/x',
    'init=/bin/sh',
    'root=/dev/sda',
    'modules=ext4',
    'rdinit=/x',
    'pkgs=vim',
    'ip=dhcp',
    'single',
    'S',
    'modloop_verify=no',
  ].map((argument): RuleCase => ({
    code: 'kernel-argument',
    what: argument,
    bad: { rest: { image: { kernel_arguments: ['mitigations=auto', argument] } } },
    finding: ['error image.kernel_arguments[1]', ''],
    good: { rest: { image: { kernel_arguments: ['mitigations=auto', 'usbdelay=5', 'panic=10'] } } },
  })),
  {
    code: 'kernel-argument',
    what: 'another console',
    bad: { rest: { image: { kernel_arguments: ['console=ttyS1'] } } },
    finding: ['warning image.kernel_arguments[0]', 'of several consoles the last'],
    good: { rest: { image: { serial_console: 'ttyS1' } } },
  },
  {
    code: 'mail-name',
    what: 'a mail server by name',
    bad: { vrrp: { notify: { smtp_server: 'mail.example.org 25' } }, rest: way },
    finding: ['warning vrrp.notify.smtp_server', 'up to 10 s without a VIP'],
    good: { vrrp: { notify: { smtp_server: '192.168.9.25 587' } }, rest: way },
  },
  ...(
    [
      ['Europe/Berln', 'Europe/Berlin'],
      ['europe/berlin', 'Europe/Kiev'],
      ['Berlin', 'US/Eastern'],
      ['CEST', 'Etc/GMT+5'],
    ] as const
  ).map(([bad, good]): RuleCase => ({
    code: 'timezone',
    what: bad,
    bad: { rest: { system: { timezone: bad } } },
    finding: ['error system.timezone', `there is no time zone ${bad}`],
    good: { rest: { system: { timezone: good } } },
  })),
  ...(
    [
      ['amd64', 'no architecture amd64'],
      ['x64', 'no architecture'],
      ['aarch64', 'for x86_64 alone'],
    ] as const
  ).map(([arch, part]): RuleCase => ({
    code: 'arch',
    what: arch,
    bad: { rest: { alpine: { arch } } },
    finding: ['error alpine.arch', part],
    good: { rest: { alpine: { arch: 'x86_64' } } },
  })),
];
