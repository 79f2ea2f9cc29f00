import { folders, links, take, takeSame } from '../contents.ts';
import type { Recipe } from '../recipe.ts';

/** The package with a service's scripts, which comes by itself where OpenRC and `trigger` are installed. */
function openrcOf(origin: string, deb: string, trigger: string = origin): Recipe {
  return {
    name: `${trigger}-openrc`,
    description: `${trigger} (OpenRC scripts)`,
    version: { deb },
    noarch: true,
    origin,
    installIf: ['openrc', `${trigger}=@`],
  };
}

const haproxy: readonly Recipe[] = [
  {
    name: 'haproxy',
    description: 'A TCP/HTTP reverse proxy for high availability environments',
    version: { deb: 'haproxy' },
    depends: ['/bin/sh'],
    contents: [takeSame('haproxy', ['usr/sbin/haproxy']), folders({ 'var/lib/haproxy': 0o755 })],
  },
  openrcOf('haproxy', 'haproxy'),
];

const keepalived: readonly Recipe[] = [
  {
    name: 'keepalived',
    description: 'Health checking and VRRP',
    version: { deb: 'keepalived' },
    depends: ['keepalived-common', '/bin/sh'],
    providerPriority: 100,
    contents: [
      // Debian's build ends at once without the file of its own build options.
      takeSame('keepalived', [
        'usr/sbin/keepalived',
        'usr/bin/genhash',
        'etc/keepalived/keepalived.config-opts',
      ]),
      folders({ 'etc/keepalived': 0o755 }),
    ],
  },
  {
    name: 'keepalived-common',
    description: 'What every build of keepalived shares: the name that its service waits for',
    version: { deb: 'keepalived' },
    noarch: true,
    origin: 'keepalived',
  },
  { ...openrcOf('keepalived', 'keepalived', 'keepalived-common'), name: 'keepalived-openrc' },
];

const chrony: readonly Recipe[] = [
  {
    name: 'chrony',
    description: 'NTP client and server',
    version: { deb: 'chrony' },
    depends: ['/bin/sh'],
    contents: [
      takeSame('chrony', ['usr/sbin/chronyd', 'usr/bin/chronyc']),
      folders({ 'var/lib/chrony': 0o750, 'var/log/chrony': 0o750 }),
    ],
  },
  openrcOf('chrony', 'chrony'),
];

const openssh: readonly Recipe[] = [
  {
    name: 'openssh',
    description: "OpenBSD's SSH: client and server",
    version: { deb: 'openssh-server' },
    depends: ['openssh-client', 'openssh-sftp-server', 'openssh-server'],
  },
  {
    name: 'openssh-keygen',
    description: 'Makes ssh keys',
    version: { deb: 'openssh-common' },
    origin: 'openssh',
    contents: [takeSame('openssh-common', ['usr/bin/ssh-keygen'])],
  },
  {
    name: 'openssh-client-common',
    description: 'Programs around the ssh client',
    version: { deb: 'openssh-client' },
    origin: 'openssh',
    contents: [takeSame('openssh-client', ['usr/bin/scp', 'usr/bin/sftp'])],
  },
  {
    name: 'openssh-client-default',
    description: "OpenBSD's SSH client",
    version: { deb: 'openssh-client' },
    origin: 'openssh',
    depends: ['openssh-keygen=@', 'openssh-client-common=@'],
    provides: ['openssh-client=@'],
    providerPriority: 2,
    contents: [takeSame('openssh-client', ['usr/bin/ssh'])],
  },
  {
    name: 'openssh-sftp-server',
    description: 'SFTP for the ssh server',
    version: { deb: 'openssh-sftp-server' },
    origin: 'openssh',
    contents: [
      take('openssh-sftp-server', {
        'usr/lib/openssh/sftp-server': 'usr/lib/ssh/sftp-server',
      }),
    ],
  },
  {
    name: 'openssh-server-common',
    description: "The ssh server's configuration",
    version: { deb: 'openssh-server' },
    noarch: true,
    origin: 'openssh',
  },
  openrcOf('openssh', 'openssh-server', 'openssh-server-common'),
  {
    name: 'openssh-server',
    description: 'SSH server',
    version: { deb: 'openssh-server' },
    origin: 'openssh',
    depends: ['openssh-keygen=@', 'openssh-server-common=@'],
    contents: [
      takeSame('openssh-server', [
        'usr/sbin/sshd',
        'usr/lib/openssh/sshd-auth',
        'usr/lib/openssh/sshd-session',
      ]),
    ],
  },
];

const nftables: readonly Recipe[] = [
  {
    name: 'nftables',
    description: 'Packet filter',
    version: { deb: 'nftables' },
    depends: ['/bin/sh'],
    contents: [
      takeSame('nftables', ['usr/sbin/nft']),
      folders({ 'etc/nftables.d': 0o755, 'var/lib/nftables': 0o700 }),
    ],
  },
  openrcOf('nftables', 'nftables'),
];

const guestAgent: readonly Recipe[] = [
  {
    name: 'qemu-guest-agent',
    description: "QEMU's guest agent",
    version: { deb: 'qemu-guest-agent' },
    contents: [take('qemu-guest-agent', { 'usr/sbin/qemu-ga': 'usr/bin/qemu-ga' })],
  },
  openrcOf('qemu-guest-agent', 'qemu-guest-agent'),
];

/** What a load balancer runs, and what its administrator uses. */
export const serviceRecipes: readonly Recipe[] = [
  ...haproxy,
  ...keepalived,
  ...chrony,
  ...openssh,
  ...nftables,
  ...guestAgent,
  {
    name: 'openssl',
    description: 'Toolkit for Transport Layer Security',
    version: { deb: 'openssl' },
    depends: ['libssl3', 'libcrypto3'],
    contents: [takeSame('openssl', ['usr/bin/openssl'])],
  },
  {
    name: 'doas',
    description: 'Runs a command as another user',
    version: { deb: 'opendoas' },
    depends: ['linux-pam-modules', '/bin/sh'],
    contents: [takeSame('opendoas', ['usr/bin/doas']), links({ 'etc/pam.d/other': 'doas' })],
    modes: { 'usr/bin/doas': 0o4755 },
  },
];

/** Debian packages that the recipes above read. */
export const serviceDebs: readonly string[] = [
  'chrony',
  'haproxy',
  'keepalived',
  'nftables',
  'opendoas',
  'openssh-client',
  'openssh-common',
  'openssh-server',
  'openssh-sftp-server',
  'openssl',
  'qemu-guest-agent',
];
