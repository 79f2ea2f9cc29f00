import { describe, expect, test } from 'vitest';
import { parseText } from '../../support/cluster/cluster-file.ts';
import type { World } from '../../support/cluster/cluster-file.ts';

const NODES = `nodes:
  - {hostname: lb-1, address: 192.168.9.137/24}
  - {hostname: lb-2, address: 192.168.9.138/24}
`;
const REST = `vrrp: {vip: 192.168.9.139}
services:
  - backends: [{name: a, address: 192.168.9.130}, {name: b, address: 192.168.9.131}]
`;

function clusterOf(text: string, world: World = {}) {
  const parsed = parseText(text, world);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics, undefined, 2));
  return parsed.cluster;
}

function problems(text: string, world: World = {}) {
  const parsed = parseText(text, world);
  return (parsed.ok ? parsed.warnings : parsed.diagnostics).map(
    ({ code, message, own, span, hint }) => ({
      code,
      message,
      hint,
      place:
        own === undefined
          ? `${span?.start.line ?? '?'}:${span?.start.column ?? '?'}`
          : `${own.file}:${own.line ?? '?'}:${own.column ?? '?'}`,
      text: own?.text,
    }),
  );
}

describe('anchors', () => {
  test('live in x- keys, and merge keys bring them in; own keys win', () => {
    const cluster = clusterOf(`x-node: &node {gateway: 192.168.9.1, mtu: 9000}
nodes:
  - {hostname: lb-1, address: 192.168.9.137/24, <<: *node}
  - {<<: [*node], hostname: lb-2, address: 192.168.9.138/24, mtu: 1500}
${REST}`);
    const [first, second] = cluster.nodes.map(({ interfaces }) => interfaces[0]);
    expect(first).toMatchObject({ gateway4: '192.168.9.1', mtu: 9000 });
    expect(second).toMatchObject({ gateway4: '192.168.9.1', mtu: 1500 });
  });

  test('a mistake in what is merged is shown where it stands', () => {
    const text = `x-check: &check\n  type: https\n  exect: 200\n${NODES}vrrp: {vip: 192.168.9.139}\nservices:\n  - check: {<<: *check}\n    backends: [{name: a, address: 192.168.9.130}]\n`;
    expect(problems(text)).toContainEqual(
      expect.objectContaining({
        code: 'unknown-key',
        place: '3:3',
        hint: 'Did you mean "expect"?',
      }),
    );
  });

  test('x- keys are for the top alone', () => {
    expect(problems(`${NODES}vrrp: {vip: 192.168.9.139, x-a: 1}\n`)).toContainEqual(
      expect.objectContaining({ code: 'unknown-key' }),
    );
  });

  test.each(['nodes: &a [*a]', 'a: &a {b: *a}', 'a: &a [[[*a]]]', 'nodes: &a\n  - b: &b [*a, *b]'])(
    'a value without an end is one error: %s',
    (text) => {
      expect(problems(text)).toMatchObject([
        { code: 'yaml-syntax', message: expect.stringContaining('never ends') as string },
      ]);
    },
  );

  test('a second document is one error, with advice of ours', () => {
    const [problem, ...others] = problems(`${NODES}${REST}---\n${NODES}`);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      code: 'yaml-syntax',
      hint: expect.stringContaining('a file for each') as string,
    });
  });
});

describe('include', () => {
  const shared = {
    files: { '/site/shared/net.yaml': 'network:\n  gateway: 192.168.9.1\n  dns: [192.168.9.1]\n' },
  };

  test('joins mappings; what stands in the file itself wins', () => {
    const { nodes } = clusterOf(
      `include: shared/net.yaml\nnetwork: {gateway: 192.168.9.2}\n${NODES}${REST}`,
      shared,
    );
    expect(nodes[0]).toMatchObject({
      dns: ['192.168.9.1'],
      interfaces: [{ gateway4: '192.168.9.2' }],
    });
  });

  test('replaces lists, and a later file wins over an earlier one', () => {
    const files = {
      '/site/a.yaml': 'system: {ntp_servers: [192.168.9.1, 192.168.9.2], timezone: Europe/Berlin}',
      '/site/b.yaml': 'system: {ntp_servers: [192.168.9.3]}',
    };
    const { system } = clusterOf(`include: [a.yaml, b.yaml]\n${NODES}${REST}`, { files });
    expect(system).toMatchObject({ ntpServers: ['192.168.9.3'], timezone: 'Europe/Berlin' });
  });

  test('files include others, relative to themselves', () => {
    const files = { '/site/x/a.yaml': 'include: ../y/b.yaml\n', '/site/y/b.yaml': 'name: deep\n' };
    expect(clusterOf(`include: x/a.yaml\n${NODES}${REST}`, { files }).name).toBe('deep');
  });

  test('a mistake is shown in its file, with line and column', () => {
    const files = {
      '/site/shared/net.yaml': '# shared\nnetwork:\n  gateway: 10.0.0.1\n  dnss: []\n',
    };
    const found = problems(`include: shared/net.yaml\n${NODES}${REST}`, { files });
    expect(found).toContainEqual(
      expect.objectContaining({ code: 'unknown-key', place: 'shared/net.yaml:4:3' }),
    );
    expect(found).toContainEqual(
      expect.objectContaining({
        code: 'addressing',
        place: 'shared/net.yaml:3:12',
        text: '  gateway: 10.0.0.1',
      }),
    );
  });

  test('no secret of an included file is shown', () => {
    const files = { '/site/s.yaml': 'vrrp: {auth_pass: topsecret99}\n' };
    const found = problems(`include: s.yaml\n${NODES}${REST}`, { files });
    expect(found.filter(({ code }) => code === 'auth')).toMatchObject([{ place: 's.yaml:1:19' }]);
    expect(JSON.stringify(found)).not.toContain('topsecret99');
  });

  test.each([
    ['nowhere.yaml', {}, 'cannot be read'],
    ['list.yaml', { '/site/list.yaml': '- a\n' }, 'is not a mapping'],
    ['self.yaml', { '/site/self.yaml': 'include: self.yaml\n' }, 'includes itself'],
    ['bad.yaml', { '/site/bad.yaml': 'a: [\n' }, ''],
    ['endless.yaml', { '/site/endless.yaml': 'nodes: &a [*a]\n' }, 'never ends'],
  ])('%s', (name, files, part) => {
    const found = problems(`include: ${name}\n${NODES}${REST}`, { files });
    expect(found.some(({ message }) => message.includes(part))).toBe(true);
    expect(parseText(`include: ${name}\n${NODES}${REST}`, { files }).ok).toBe(false);
  });
});

test.each(['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty', 'prototype'])(
  'a service may be called %s, and have raw lines',
  (name) => {
    const text = `${NODES}vrrp: {vip: 192.168.9.139}\nservices:\n  - name: ${name}\n    backends: [{name: ${name}, address: 192.168.9.130}]\n`;
    expect(clusterOf(text).services[0]?.name).toBe(name);
    if (name === '__proto__') return;
    const raw = clusterOf(`${text}raw: {haproxy: {backend: {${name}: [option tcpka]}}}\n`).raw;
    expect(raw.haproxyBackend[name]).toEqual(['option tcpka']);
  },
);

test('raw lines for a service called __proto__ are refused rather than lost', () => {
  const text = `${NODES}vrrp: {vip: 192.168.9.139}\nservices:\n  - {name: __proto__, backends: [{name: a, address: 192.168.9.130}]}\nraw: {haproxy: {backend: {__proto__: [option tcpka]}}}\n`;
  expect(problems(text)).toMatchObject([
    { code: 'invalid-value', hint: expect.stringContaining('another name') as string },
  ]);
});
