import type { World } from '../../../support/cluster/cluster-file.ts';
import { KEY } from '../../../support/credentials.ts';
import { hostCertificate, hostKey } from '../../../support/ssh-keys.ts';
import type { RuleCase } from './rule-case.ts';

/** 2026-12-01 */
const NOW = 1_796_083_200;
const DAY = 86_400n;
const TODAY = BigInt(NOW);

const WORLD: World = {
  now: NOW,
  files: {
    '/site/one': hostKey(1).privateText,
    '/site/two': hostKey(2).privateText,
    '/site/public': hostKey(1).publicText,
    '/site/cut': hostKey(1).privateText.slice(0, 200),
    '/site/cert': hostCertificate(1, { principals: ['lb-1.example.org'] }),
    '/site/vip': hostCertificate(1, { principals: ['192.168.9.139', '192.168.9.137'] }),
    '/site/other': hostCertificate(2, { principals: ['lb-1'] }),
    '/site/user': hostCertificate(1, { use: 1, principals: ['lb-1'] }),
    '/site/forged': hostCertificate(1, { principals: ['lb-1'], forged: true }),
    '/site/old': hostCertificate(1, { principals: ['lb-1'], before: TODAY - DAY }),
    '/site/soon': hostCertificate(1, { principals: ['lb-1'], before: TODAY + 10n * DAY }),
    '/site/later': hostCertificate(1, { principals: ['lb-1'], after: TODAY + 10n * DAY }),
    '/site/year': hostCertificate(1, { principals: ['lb-1'], before: TODAY + 365n * DAY }),
    '/site/all': hostCertificate(1),
    '/site/stranger': hostCertificate(1, { principals: ['db-1'] }),
  },
  env: { HOST_KEY: hostKey(2).privateText },
};

const GOOD = { 'lb-1': { file: 'one' }, 'lb-2': { env: 'HOST_KEY' } };

const keys = (host_keys: Record<string, unknown>) => ({
  rest: { access: { ssh_authorized_keys: [KEY], ssh: { host_keys } } },
});
const certificate = (file: string, hostname = 'lb-1') => ({
  rest: {
    access: {
      ssh_authorized_keys: [KEY],
      ssh: { host_keys: GOOD, host_certificates: { [hostname]: file } },
    },
  },
});

const AT = 'access.ssh.host_certificates.lb-1';

const BAD_CERTIFICATES: readonly (readonly [file: string, place: string, part: string])[] = [
  ['other', `error ${AT}`, 'for none of the host keys of lb-1'],
  ['user', `error ${AT}`, 'a certificate for users'],
  ['forged', `error ${AT}`, 'its signature is not that of the authority'],
  ['public', `error ${AT}`, 'not a certificate of OpenSSH'],
  ['one', `error ${AT}`, 'a private key'],
  ['old', `error ${AT}`, 'expired on 2026-11-30'],
  ['soon', `warning ${AT}`, 'expires on 2026-12-11'],
  ['later', `warning ${AT}`, 'is not valid before 2026-12-11'],
  ['all', `warning ${AT}`, 'names no host'],
  ['stranger', `warning ${AT}`, 'clients that connect to lb-1 refuse it'],
];

export const SSH_CASES: readonly RuleCase[] = [
  {
    code: 'secret-missing',
    what: 'a host key that is not there',
    bad: keys({ ...GOOD, 'lb-1': { file: 'none' } }),
    finding: ['error access.ssh.host_keys.lb-1', 'cannot be read from the file none'],
    good: keys(GOOD),
    world: WORLD,
  },
  {
    code: 'host-keys',
    what: 'a public key instead of the private one',
    bad: keys({ ...GOOD, 'lb-1': [{ file: 'two' }, { file: 'public' }] }),
    finding: ['error access.ssh.host_keys.lb-1[1]', 'it is a public key'],
    good: keys(GOOD),
    world: WORLD,
  },
  {
    code: 'host-keys',
    what: 'a host key that is cut off',
    bad: keys({ ...GOOD, 'lb-1': { file: 'cut' } }),
    finding: ['error access.ssh.host_keys.lb-1', 'it is cut off'],
    good: keys(GOOD),
    world: WORLD,
  },
  {
    code: 'host-keys',
    what: 'one key of two nodes',
    bad: keys({ ...GOOD, 'lb-1': { file: 'two' } }),
    finding: ['warning access.ssh.host_keys.lb-2', 'is also that of lb-1'],
    good: keys(GOOD),
    world: WORLD,
  },
  {
    code: 'host-keys',
    what: 'a key of a node that there is not',
    bad: keys({ ...GOOD, 'lb-3': { file: 'one' } }),
    finding: ['error access.ssh.host_keys.lb-3', 'there is no node lb-3'],
    good: keys(GOOD),
    world: WORLD,
  },
  {
    code: 'host-keys',
    what: 'a node that is forgotten',
    bad: keys({ 'lb-1': { file: 'one' } }),
    finding: ['warning access.ssh.host_keys', 'lb-2 has no host key here'],
    good: keys(GOOD),
    world: WORLD,
  },
  {
    code: 'host-keys',
    what: 'host keys without sshd',
    bad: { rest: { access: { ssh: { host_keys: GOOD } } } },
    finding: ['warning access.ssh.host_keys', 'sshd is off'],
    good: keys(GOOD),
    world: WORLD,
  },
  ...BAD_CERTIFICATES.map(([file, place, part]): RuleCase => ({
    code: 'host-keys',
    what: `the host certificate "${file}"`,
    bad: certificate(file),
    finding: [place, part],
    good: certificate('year'),
    world: WORLD,
  })),
  {
    code: 'reference',
    what: 'a host certificate that is not there',
    bad: certificate('none'),
    finding: [`error ${AT}`, 'cannot be read from none'],
    good: certificate('cert'),
    world: WORLD,
  },
  {
    code: 'host-keys',
    what: 'a host certificate of a node that there is not',
    bad: certificate('cert', 'lb-3'),
    finding: ['error access.ssh.host_certificates.lb-3', 'there is no node lb-3'],
    good: certificate('vip'),
    world: WORLD,
  },
];
