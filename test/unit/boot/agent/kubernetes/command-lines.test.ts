import { expect, test } from 'vitest';
import {
  apiServerArguments,
  etcdArguments,
} from '../../../../../scripts/boot/agent/kubernetes/command-lines.ts';

const FILES = {
  ...{ certificate: '/r/server.crt', key: '/r/server.key', tokens: '/r/tokens.csv' },
  ...{ accountsKey: '/r/accounts.key', accountsPublicKey: '/r/accounts.pub', data: '/r/data' },
};

test('an API server listens at its own address and port, by the key of the run', () => {
  const server = { name: 'k8s-1', address: '192.0.2.130', port: 6443 };
  expect(apiServerArguments(FILES, server)).toEqual(
    expect.arrayContaining([
      '--bind-address=192.0.2.130',
      '--secure-port=6443',
      '--tls-private-key-file=/r/server.key',
      '--service-cluster-ip-range=10.96.0.0/16',
    ]),
  );
  const six = apiServerArguments(FILES, { ...server, address: '2001:db8::1' });
  expect(six).toContain('--service-cluster-ip-range=fd00:96::/112');
  expect(six).toContain('--service-account-issuer=https://[2001:db8::1]:6443');
});

test('nobody but the API servers reaches etcd', () => {
  const urls = etcdArguments(FILES).filter((it) => it.includes('http'));
  expect(urls.every((it) => it.includes('http://127.0.0.1:'))).toBe(true);
});
