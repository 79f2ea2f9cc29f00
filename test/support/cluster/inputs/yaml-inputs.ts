import { cases, file, ONE, SERVERS, TWO } from './input-case.ts';

const FILE = file();
const MERGED = (source: string): string => `x-a: ${source}\n${file({ one: `<<: *a, ${ONE}` })}`;

/** How YAML is written, and what it reads as something else than was meant. */
export const YAML_INPUTS = cases([
  [
    'a tab as indentation',
    FILE.replace('  - {hostname: lb-1', '\t- {hostname: lb-1'),
    '2 yaml-syntax',
  ],
  [
    'a tab in the indentation of a key',
    'nodes:\n  - hostname: lb-1\n\t  dhcp: true\n',
    '3 yaml-syntax',
  ],
  ['a tab between a dash and its value', FILE.replace('- {hostname', '-\t{hostname')],
  ['a byte order mark', `\ufeff${FILE}`],
  ['lines that end with CRLF', FILE.replaceAll('\n', '\r\n')],
  ['lines that end with CR alone', FILE.replaceAll('\n', '\r'), '1 yaml-syntax'],
  ['the marks of a document', `---\n${FILE}...\n`],
  [
    'JSON',
    JSON.stringify({
      nodes: [{ hostname: 'lb-1', address: '192.168.9.137/24' }],
      vrrp: { vip: '192.168.9.139' },
      services: [{ backends: [{ name: 'a', address: '192.168.9.130' }] }],
    }),
  ],
  ['a zero after every letter, as in UTF-16', FILE.replace(/(?=.)/gs, '\0'), '1 control-character'],
  [
    'a key that stands twice in a node',
    { one: `${ONE}, address: 192.168.9.140/24` },
    '2 duplicate-key',
  ],
  ['a part that stands twice', `${FILE}vrrp: {vip: 192.168.9.140}\n`, '7 duplicate-key'],
  ['an alias before its anchor', file({ one: '<<: *node' }), '2 yaml-syntax'],
  ['a bind address that YAML takes for an alias', { service: 'bind: *:6443' }, '6 yaml-syntax'],
  ['a merge of a number', MERGED('&a 5'), '3 yaml-syntax'],
  ['a merge of a list of numbers', MERGED('&a [1, 2]'), '3 yaml-syntax'],
  [
    'anchors upon anchors',
    `x-1: &1 {gateway: 192.168.9.1}\nx-2: &2 {<<: *1, mtu: 1400}\nx-3: &3 {<<: [*2], dns: [192.168.9.1]}\n${file({ one: `<<: *3, ${ONE}`, two: `<<: *3, ${TWO}` })}`,
  ],
  [
    'an anchor that is set again',
    `x-1: &a {mtu: 1400}\nx-2: &a {mtu: 9000}\n${file({ one: `<<: *a, ${ONE}`, two: `<<: *a, ${TWO}` })}`,
  ],
  [
    'an anchored list of servers',
    `x-s: &servers [${SERVERS}]\nnodes: [{${ONE}}, {${TWO}}]\nvrrp: {vip: 192.168.9.139}\nservices: [{backends: *servers}, {name: web, port: 443, backends: *servers}]\n`,
  ],
  ['a list as a key', { rest: '? [a, b]\n: c\n' }, '7 yaml-syntax'],
  ['a mapping as a key', { rest: '? {a: b}\n: c\n' }, '7 yaml-syntax'],
  ['no key before a colon', { rest: ': c\n' }, '7 yaml-syntax'],
  [
    'a tag of another program',
    { vrrp: '{vip: 192.168.9.139, auth_pass: !vault x}' },
    '4 yaml-syntax',
  ],
  [
    'bytes for a name',
    { one: `hostname: !!binary bGItMQ==, address: 192.168.9.137/24` },
    '2 wrong-type',
  ],
  ['a folded address', file({ vrrp: '\n  vip: >\n    192.168.9.139' }), '5 control-character'],
  ['a block that drops its last newline', file({ vrrp: '\n  vip: |-\n    192.168.9.139' })],
  ['quotes of a text program', { vrrp: '{vip: \u201c192.168.9.139\u201d}' }, '4 invalid-value'],
  [
    'blanks that do not break, as indentation',
    'nodes:\n\u00a0\u00a0- hostname: lb-1\n',
    '2 unknown-key',
  ],
  ['no blank after a colon', { vrrp: '{vip:192.168.9.139}' }, '4 missing'],
  ['no blank after a dash', 'nodes:\n  -hostname: lb-1\n', '2 wrong-type'],
  ['a key in capitals', FILE.replace('vrrp:', 'VRRP:'), '4 unknown-key'],
  ['a key in camel case', { vrrp: '{vip: 192.168.9.139, virtualRouterId: 5}' }, '4 unknown-key'],
  [
    'an empty list of nodes',
    'nodes: []\nvrrp: {vip: 192.168.9.139}\nservices: []\n',
    '1 invalid-value',
  ],
  ['nothing for a node', FILE.replace(/\{hostname: lb-1.*\}/, '~'), '2 wrong-type'],
  ['nothing among VIPs', { vrrp: '{vip: [192.168.9.139, ]}' }],
  ['null among VIPs', { vrrp: '{vip: [192.168.9.139, null]}' }, '4 wrong-type'],
  [
    'a header called __proto__',
    { service: 'check: {type: http, headers: {__proto__: x}}' },
    '6 invalid-value',
  ],
  [
    'a priority of __proto__',
    { vrrp: '{vip: 192.168.9.139, priorities: {__proto__: 5}}' },
    '4 invalid-value',
  ],
  ['a header called constructor', { service: 'check: {type: http, headers: {constructor: x}}' }],
]);
