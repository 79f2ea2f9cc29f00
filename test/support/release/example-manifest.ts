import type { ReleaseManifest } from '../../../scripts/release/format/manifest.ts';

const DIGEST = '0123456789abcdef'.repeat(4);

/** A manifest of one node, with the given parts instead of its own. */
export function exampleManifest(parts: Partial<ReleaseManifest> = {}): ReleaseManifest {
  return {
    format: 'vipiso-release',
    schema: 1,
    version: '2026.12',
    cluster: 'k8s',
    sourceDateEpoch: 1_764_000_000,
    tool: { name: 'vipiso', version: '0.1.0', sha256: DIGEST },
    engine: 'native',
    profile: 'virt',
    branch: 'v3.22',
    arch: 'x86_64',
    base: DIGEST,
    volumeId: 'VIPISO-01234567',
    inputs: {
      cluster: 'inputs/cluster.yaml',
      lock: 'inputs/vipiso.lock.json',
      lockDigest: DIGEST,
      files: [
        { path: 'inputs/cluster.yaml', sha256: DIGEST },
        { path: 'inputs/vipiso.lock.json', sha256: DIGEST },
      ],
      keys: [{ name: 'alpine.rsa.pub', fingerprint: DIGEST }],
      secrets: [{ key: 'vrrp.auth_pass', source: 'file secrets/vrrp' }],
    },
    signingKey: { name: 'vipiso-01234567.rsa.pub', fingerprint: DIGEST },
    tools: { xorriso: '1.5.6' },
    images: [
      {
        file: 'lb-1.iso',
        size: 1000,
        sha256: DIGEST,
        node: 'lb-1',
        role: 'MASTER',
        overlay: DIGEST,
        kernelArguments: ['quiet'],
        packages: { haproxy: '3.0.7-r0' },
        services: { default: ['haproxy', 'keepalived'] },
        configuration: [{ path: '/etc/keepalived/keepalived.conf', mode: '0600', sha256: DIGEST }],
      },
    ],
    vrrpGroups: [
      {
        name: 'vrrp',
        vips: ['192.168.9.139/24'],
        nodes: [
          {
            hostname: 'lb-1',
            role: 'MASTER',
            priority: 150,
            interface: 'eth0',
            addresses: ['192.168.9.141/24'],
          },
        ],
        failover: { nodeDeath: 3.6, haproxyDeath: 2.4, cleanStop: 0.6, alone: true },
      },
    ],
    services: [{ name: 'api', port: 6443, death: 4, recovery: 4 }],
    packages: [
      {
        name: 'haproxy',
        version: '3.0.7-r0',
        arch: 'x86_64',
        origin: 'haproxy',
        repository: 'main',
        license: 'GPL-2.0-or-later AND LGPL-2.1-or-later',
        size: 1000,
        sha256: DIGEST,
        for: ['image'],
      },
    ],
    documents: [],
    ...parts,
  };
}
