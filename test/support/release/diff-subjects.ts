import type { PackageRecord } from '../../../scripts/apk/model.ts';
import { sha256 } from '../../../scripts/core/digest.ts';
import type { TarEntry } from '../../../scripts/formats/tar/tar-reader.ts';
import type { DiffSubject, SubjectImage } from '../../../scripts/release/diff/subject.ts';
import type { VulnerabilityReport } from '../../../scripts/release/format/vulnerabilities.ts';
import { exampleManifest } from './example-manifest.ts';

/** What must be in no output. */
export const CANARIES = {
  vrrp: ['cAnArY7v', 'cAnArY8w'],
  stats: ['canary-of-stats-1', 'canary-of-stats-2'],
  shadow: ['$6$canaryroot$abc', '$6$canaryroot$abc'],
  hostKey: ['Y2FuYXJ5LWtleS0x', 'Y2FuYXJ5LWtleS0y'],
  token: ['canary-token-1', 'canary-token-2'],
} as const;

/** A release before and after: one package, one line, one kernel argument, and secrets differ. */
export function exampleSubjects(): { readonly before: DiffSubject; readonly after: DiffSubject } {
  return { before: subject('2026.11', 0), after: subject('2026.12', 1) };
}

function subject(version: string, side: 0 | 1): DiffSubject {
  const haproxy = side === 0 ? '3.0.7-r0' : '3.0.8-r0';
  const example = exampleManifest();
  const group = example.vrrpGroups[0];
  if (group === undefined) throw new Error('the example has no group');
  const images = ['lb-1', 'lb-2'].map((node) => image(node, side, haproxy));
  return {
    name: `releases/${version}`,
    images,
    manifest: exampleManifest({
      version,
      vrrpGroups: [
        {
          ...group,
          failover: { ...group.failover, nodeDeath: side === 0 ? 3.61 : 0.36 },
        },
      ],
    }),
    vulnerabilities: report(side),
    proof: undefined,
  };
}

function report(side: 0 | 1): VulnerabilityReport {
  const fix = { id: 'CVE-2026-1000', origin: 'haproxy', fixedIn: '3.0.8-r0' };
  return {
    schema: 1,
    databases: [{ repository: 'main', sha256: 'a'.repeat(64) }],
    unknown: [],
    open: side === 0 ? [{ ...fix, version: '3.0.7-r0', packages: ['haproxy'] }] : [],
    fixed: side === 0 ? [] : [fix],
  };
}

function image(node: string, side: 0 | 1, haproxy: string): SubjectImage {
  const keepalived = (password: string): string =>
    `vrrp_instance VI_1 {\n    priority 101\n    authentication {\n        auth_type PASS\n        auth_pass ${password}\n    }\n}\n`;
  const proxy = (password: string): string =>
    `global\n    maxconn ${side === 0 ? 20_000 : 40_000}\nuserlist stats-users\n    user ops insecure-password "${password}"\n`;
  const entries = [
    file('etc/keepalived/keepalived.conf', 0o600, keepalived(CANARIES.vrrp[side])),
    file('etc/haproxy/haproxy.cfg', 0o600, proxy(CANARIES.stats[side])),
    file('etc/shadow', 0o600, `root:${CANARIES.shadow[side]}::0:::::\ndaemon:*::0:::::\n`),
    file('etc/site.conf', 0o644, `token = ${CANARIES.token[side]}\n`),
    file(
      'etc/ssh/ssh_host_ed25519_key',
      0o600,
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${CANARIES.hostKey[side]}\n-----END OPENSSH PRIVATE KEY-----\n`,
    ),
    file('etc/issue', 0o644, `  ${node}\n  release   2026.1${side}\n`),
  ];
  // As a manifest tells files with secrets: by the digest of what has placeholders instead.
  const masked = new Map([
    ['etc/keepalived/keepalived.conf', keepalived('secret')],
    ['etc/haproxy/haproxy.cfg', proxy('secret')],
    ['etc/shadow', 'root:secret::0:::::\ndaemon:*::0:::::\n'],
  ]);
  const told = exampleManifest().images[0];
  return {
    node,
    sha256: sha256(`${node} ${side}`),
    size: 60_000_000 + side * 1_000_000,
    parts: [{ part: 'packages', size: 40_000_000 + side * 1_000_000 }],
    kernelArguments: [
      'quiet',
      'modloop=/vipiso-0123456a/x',
      ...(side === 0 ? [] : ['mitigations=off']),
    ],
    services: { default: ['haproxy', 'keepalived', ...(side === 0 ? [] : ['chronyd'])] },
    packages: [record('haproxy', haproxy), record('keepalived', '2.3.1-r0')],
    entries,
    release: undefined,
    told: told && {
      ...told,
      node,
      configuration: entries.map(({ path, mode, content }) => {
        const shown = masked.get(path);
        return {
          path: `/${path}`,
          mode: mode.toString(8).padStart(4, '0'),
          sha256: sha256(shown ?? content),
          ...(shown !== undefined && { secret: true as const }),
        };
      }),
    },
  };
}

function file(path: string, mode: number, text: string): TarEntry {
  return {
    ...{ path, mode, type: 'file', uid: 0, gid: 0, uname: '', gname: '', mtime: 0 },
    ...{ linkTarget: '', device: { major: 0, minor: 0 }, pax: new Map() },
    content: Buffer.from(text),
  };
}

function record(name: string, version: string): PackageRecord {
  return {
    ...{ name, version, arch: 'x86_64', origin: name, checksum: `Q1${name}${version}`, size: 1 },
    ...{ installedSize: 1, description: '', url: '', license: '', maintainer: '', buildTime: 0 },
    ...{ commit: '', providerPriority: 0, depends: [], provides: [], installIf: [], replaces: [] },
  };
}
