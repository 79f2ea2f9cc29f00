import { describe, expect, test } from 'vitest';
import { brief, minimalFile, modelOf, parseText } from '../../support/cluster/cluster-file.ts';

function problems(text: string) {
  const parsed = parseText(text);
  if (parsed.ok) throw new Error('the file was taken');
  return parsed.diagnostics;
}

/** `line:column code` of each finding. */
function places(text: string): readonly string[] {
  return problems(text).map(
    ({ span, code }) => `${span?.start.line ?? '?'}:${span?.start.column ?? '?'} ${code}`,
  );
}

const FIVE_MISTAKES = `nodes:
  - hostname: lb-1
    adress: 192.168.9.137/24
    dhcp: true
  - hostname: lb-2
    address: 192.168.9.138
vrrp:
  vip: 10.0.0.139
  version: 2
  advert_int: 0.5
services:
  - name: k8s-api
    check: tpc
    backends:
      - {name: k8s-1, address: 192.168.9.130}
      - {name: k8s-1, address: 192.168.9.131}
`;

describe('all mistakes of a file come at once', () => {
  test('those of the schema and those of the rules, each in its place', () => {
    expect(places(FIVE_MISTAKES)).toEqual([
      '3:5 unknown-key',
      '6:14 invalid-value',
      '10:15 advert',
      '13:12 invalid-value',
      '16:16 duplicate',
    ]);
  });

  test('unknown keys come with the nearest known one', () => {
    const [first] = problems(FIVE_MISTAKES);
    expect(first?.hint).toBe('Did you mean "address"?');
    expect(first?.span?.end).toEqual({ line: 3, column: 11 });
  });

  test('an unlike key lists what is known', () => {
    const [finding] = problems(
      'nodes: []\nvrrp: {vip: 1.2.3.4, zzzzzzzz: 1}\nservices: []\n',
    ).filter(({ code }) => code === 'unknown-key');
    expect(finding?.hint).toMatch(/^Known here: .*virtual_router_id/);
  });
});

describe('text that is not a cluster file', () => {
  test.each([
    ['', ['1:1 wrong-type']],
    ['just text', ['1:1 wrong-type']],
    ['[1, 2', ['1:6 yaml-syntax']],
    ['a: b: c', ['1:4 yaml-syntax']],
    ['%YAML 9.9\n---\na: !!weird 1', ['1:7 yaml-syntax', '3:4 yaml-syntax', '3:1 unknown-key']],
  ])('%j', (text, expected) => {
    const found = places(text);
    for (const place of expected) expect(found.map(codeOf)).toContain(codeOf(place));
  });

  test('what is missing is named at the place that lacks it', () => {
    expect(brief(problems('vrrp: {}'))).toEqual([
      'error missing nodes',
      'error missing services',
      'error missing vrrp.vip',
    ]);
  });

  test('a key that stands twice', () => {
    const text = 'nodes: []\nvrrp:\n  vip: 192.168.9.1\n  vip: 192.168.9.2\nservices: []\n';
    expect(places(text)).toContain('4:3 duplicate-key');
  });

  test('a file beyond any size', () => {
    expect(places(`# ${'x'.repeat(600_000)}`)).toEqual(['1:1 too-large']);
  });

  test('nesting beyond any depth', () => {
    expect(places('['.repeat(100_000))).toHaveLength(1);
  });

  test('aliases that multiply', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const item = level === 0 ? 'x' : `*a${level - 1}`;
      return `a${level}: &a${level} [${Array.from({ length: 9 }, () => item).join(', ')}]`;
    });
    expect(places(levels.join('\n'))).toEqual(['1:1 yaml-syntax']);
  });
});

describe('control characters', () => {
  test.each([
    ['a newline', '"a\\nb"'],
    ['a carriage return', '"a\\rb"'],
    ['a zero', '"a\\0b"'],
    ['a direction mark', '"a\\u202eb"'],
    ['a line separator', '"a\\u2028b"'],
  ])('%s in a value is refused', (_, value) => {
    const text = `name: ${value}\nnodes: []\nvrrp: {vip: 192.168.9.139}\nservices: []\n`;
    expect(places(text)).toContain('1:7 control-character');
  });

  test('a newline in a key is refused', () => {
    expect(problems('"a\\nb": 1').map(({ code }) => code)).toContain('control-character');
  });

  test('raw lines may be a block of lines', () => {
    const raw = { haproxy: { global: 'tune.bufsize 32768\n\tnbthread 2\n' } };
    expect(modelOf(minimalFile({ rest: { raw } })).raw.haproxyGlobal).toEqual([
      'tune.bufsize 32768',
      '\tnbthread 2',
    ]);
  });
});

test('a key whose options are all commented out counts as not written', () => {
  const text = `nodes:
  - {hostname: lb-1, address: 192.168.9.137/24, dns: }
  - {hostname: lb-2, address: 192.168.9.138/24}
vrrp:
  vip: 192.168.9.139
  check:
services:
  - backends: [{name: a, address: 192.168.9.130}, {name: b, address: 192.168.9.131}]
access:
`;
  expect(parseText(text).ok).toBe(true);
});

test('values of the wrong kind say what was expected and what was found', () => {
  const text = `nodes: {a: 1}
vrrp: {vip: 192.168.9.139, virtual_router_id: "51", unicast: maybe, auth_pass: 1}
services:
  - {backends: [{name: 1, address: 192.168.9.130}]}
`;
  expect(problems(text).map(({ path, message }) => `${path}: ${message}`)).toEqual([
    'nodes: expected a list, found a mapping',
    'vrrp.virtual_router_id: expected a number, found "51"',
    'vrrp.unicast: expected true or false, found "maybe"',
    'vrrp.auth_pass: expected text or a mapping, found 1',
    'services[0].backends[0].name: expected text, found 1',
  ]);
});

function codeOf(place: string): string {
  return place.split(' ')[1] ?? '';
}
