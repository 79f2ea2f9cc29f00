import { describe, expect, test } from 'vitest';
import { findingsIn, minimalFile, parseFile } from '../../support/cluster/cluster-file.ts';

type Changes = Parameters<typeof minimalFile>[0];

/** Words that the grammar of a file would read as something else, and the place of each. */
const REFUSED: readonly (readonly [what: string, file: Changes, path: string])[] = [
  ...['lb{evil}', '}', '{', 'lb#1', 'lb!1', 'lb$1', '~lb', 'lb 1', 'l"b', 'lb\u0430'].map(
    (word) =>
      [
        `router_id ${word}`,
        { vrrp: { notify: { router_id: word } } },
        'vrrp.notify.router_id',
      ] as const,
  ),
  ...[
    'a}b@example.org',
    '#a@example.org',
    '!a@example.org',
    'a{@example.org',
    '$a@example.org',
    '\u0430@example.org',
    'a@ex\u0430mple.org',
    'a@b c',
    '@example.org',
  ].map(
    (word) =>
      [
        `mail to ${word}`,
        { vrrp: { notify: { notification_email: [word] } } },
        'vrrp.notify.notification_email[0]',
      ] as const,
  ),
  [
    'mail from a}b',
    { vrrp: { notify: { notification_email_from: 'a}b@example.org' } } },
    'vrrp.notify.notification_email_from',
  ],
  ...[
    '192.0.2.25 99999',
    '192.0.2.25 0',
    '192.0.2.25:25',
    'mail}.example.org',
    'a b c',
    '300.0.2.25',
    'm\u0430il.example.org',
  ].map(
    (word) =>
      [
        `mail server ${word}`,
        { vrrp: { notify: { smtp_server: word } } },
        'vrrp.notify.smtp_server',
      ] as const,
  ),
  ...[
    'ntp\u200b.example.org',
    'ntp.ex\u0430mple.org',
    'ntp_1;x',
    '192.0.2.300',
    '192.0.2.1/24',
    'a..b',
    '-x.org',
    'ntp.example.org:123',
  ].map(
    (word) =>
      [
        `NTP server ${JSON.stringify(word)}`,
        { rest: { system: { ntp_servers: [word] } } },
        'system.ntp_servers[0]',
      ] as const,
  ),
  ...[
    '192.0.2.10:99999',
    '192.0.2.10:0',
    'log.example.org:',
    '[fd00::1',
    'l\u043eg.example.org',
    '192.0.2.999:514',
    '$(id)',
  ].map(
    (word) => [`syslog ${word}`, { rest: { system: { syslog: word } } }, 'system.syslog'] as const,
  ),
  ...['kubernetes\u200b', 'kub\u0435rnetes', 'a\u2060b', 'a\u00adb'].map(
    (host) =>
      [
        `host ${JSON.stringify(host)}`,
        { service: { check: { type: 'https', host } } },
        'services[0].check.host',
      ] as const,
  ),
  [
    'a node with a joiner in it',
    { nodes: [{ hostname: 'lb\u200d1', address: '192.168.9.137/24' }] },
    'nodes[0].hostname',
  ],
  ['auth_pass as a number', { vrrp: { auth_pass: 1111 } }, 'vrrp.auth_pass'],
  [
    'a port of the firewall',
    { rest: { firewall: { ports: [{ name: 'x', port: 70000 }] } } },
    'firewall.ports[0].port',
  ],
  [
    'a name of the firewall',
    { rest: { firewall: { ports: [{ name: 'x" accept', port: 1 }] } } },
    'firewall.ports[0].name',
  ],
];

describe('words that a file would read as something else', () => {
  test.each(REFUSED)('%s', (_, changes, path) => {
    const errors = findingsIn(minimalFile(changes)).filter(({ severity }) => severity === 'error');
    expect(errors.map((error) => error.path)).toContain(path);
  });

  test.each([
    ['an IPv6 address', 'fd00::25 587'],
    ['a name', 'mail.example.org'],
    ['localhost', 'localhost'],
  ])('%s may be a mail server', (_, smtp_server) => {
    expect(parseFile(minimalFile({ vrrp: { notify: { smtp_server } } })).ok).toBe(true);
  });

  test('a letter of another alphabet is named', () => {
    const [error] = findingsIn(
      minimalFile({ rest: { system: { ntp_servers: ['ntp.ex\u0430mple.org'] } } }),
    );
    expect(error?.message).toContain('U+0430');
  });

  test('a number for a password gets the hint of quotes', () => {
    const [error] = findingsIn(minimalFile({ vrrp: { auth_pass: 1111 } }));
    expect(error?.hint).toBe('Put the value in quotes.');
  });

  test('an unknown kind of check gets all kinds', () => {
    const [error] = findingsIn(minimalFile({ service: { check: { type: 'grpc', path: '/x' } } }));
    for (const kind of ['tcp', 'https', 'none']) expect(error?.message).toContain(kind);
    expect(error?.path).toBe('services[0].check.type');
  });
});
