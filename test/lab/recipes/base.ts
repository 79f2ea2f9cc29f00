import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { DEFAULT_BRANCH } from '../../../scripts/cluster/resolve/alpine.ts';
import { compareStrings } from '../../../scripts/core/digest.ts';
import { edited, folders, links, takeSame, take, texts } from '../contents.ts';
import type { Content, Recipe } from '../recipe.ts';

/** Release that the lab passes for: one of the branch that a cluster file stands for unless it names another. */
export const RELEASE = `${DEFAULT_BRANCH.slice(1)}.0`;
const OWN_VERSION = `${RELEASE}-r0`;

const OS_RELEASE = `NAME="vipiso lab"
ID=alpine
VERSION_ID=${RELEASE}
PRETTY_NAME="vipiso lab (Debian's packages in Alpine's layout)"
HOME_URL="https://www.debian.org/"
`;

const certificates: Content = async ({ deb }) => {
  const folder = path.join(deb('ca-certificates'), 'usr/share/ca-certificates/mozilla');
  const names = (await readdir(folder)).sort(compareStrings);
  const parts = await Promise.all(names.map((name) => readFile(path.join(folder, name))));
  return [
    { path: 'etc/ssl/certs/ca-certificates.crt', content: Buffer.concat(parts) },
    { path: 'etc/ssl/cert.pem', type: 'symlink', linkTarget: 'certs/ca-certificates.crt' },
  ];
};

const ownKey: Content = ({ key }) => {
  const content = Buffer.from(key.pem);
  return Promise.resolve([
    { path: `etc/apk/keys/${key.name}`, content },
    { path: `usr/share/apk/keys/x86_64/${key.name}`, content },
  ]);
};

/** This busybox's shell prefers its own applets to programs in PATH; its ifup and start-stop-daemon are not OpenRC's. */
const ALIASES = ['ifdown', 'ifup', 'start-stop-daemon'].map((name) => `${name}=/sbin/${name}`);

/**
 * Changes to Debian's OpenRC, most of them for speed under emulation: it asks each script for an LSB header, twice a
 * boot, where Alpine's scripts have none; it starts a program to change a name into a variable's name. Its look
 * whether /proc is sound misleads where the shell runs md5sum without a process of its own.
 */
const OPENRC_EDITS = [
  {
    path: 'usr/lib/rc/sh/gendepends.sh',
    find: 'lsbh=$(lsb2rcconf "$RC_SERVICE")',
    replace: 'lsbh=',
  },
  {
    path: 'usr/lib/rc/sh/openrc-run.sh',
    find: 'lsbh=$(lsb2rcconf "$RC_SERVICE")',
    replace: 'lsbh=',
  },
  { path: 'usr/lib/rc/sh/init.sh', find: 'if $got_md5sum && [', replace: 'if false && [' },
  {
    path: 'usr/lib/rc/sh/rc-functions.sh',
    find: '$(shell_var "$RC_SVCNAME")',
    replace: '${RC_SVCNAME//[!a-zA-Z0-9_]/_}',
  },
  {
    path: 'usr/lib/rc/sh/functions.sh',
    find: 'RC_GOT_FUNCTIONS="yes"',
    replace: `RC_GOT_FUNCTIONS="yes"\nalias ${ALIASES.join(' ')}`,
  },
];

/** No control groups are mounted: without their script a service starts four programs less. */
const openrcScripts: Content = async (sources) => {
  const files = await edited(
    takeSame('openrc', ['usr/lib/rc', 'etc/rc.conf']),
    OPENRC_EDITS,
  )(sources);
  return files.filter(
    ({ path: name }) =>
      name !== 'usr/lib/rc/sh/rc-cgroup.sh' && name !== 'usr/lib/rc/sbin/start-stop-daemon',
  );
};

/** By their place in Debian's package and in Alpine's. */
const OPENRC_COMMANDS = {
  'bin/rc-status': 'bin/rc-status',
  'bin/rc-service': 'sbin/rc-service',
  'bin/rc-update': 'sbin/rc-update',
  'sbin/openrc': 'sbin/openrc',
  'sbin/openrc-run': 'sbin/openrc-run',
  'sbin/supervise-daemon': 'sbin/supervise-daemon',
  'lib/rc/sbin/start-stop-daemon': 'sbin/start-stop-daemon',
};

const IFUPDOWN = ['ifctrstat', 'ifdown', 'ifparse', 'ifquery', 'ifup'];

/** What every installation has. */
export const baseRecipes: readonly Recipe[] = [
  {
    name: 'alpine-base',
    description: 'Meta package for minimal alpine base',
    version: OWN_VERSION,
    noarch: true,
    depends: [
      'alpine-baselayout',
      'alpine-conf',
      'alpine-release',
      'apk-tools',
      'busybox',
      'busybox-mdev-openrc',
      'busybox-openrc',
      'busybox-suid',
      'libc-utils',
      'openrc',
    ],
  },
  {
    name: 'alpine-baselayout',
    description: 'Base folders and scripts',
    version: OWN_VERSION,
    noarch: true,
    depends: ['alpine-baselayout-data=@', '/bin/sh'],
    contents: [
      folders({
        ...Object.fromEntries(
          [
            ...['dev', 'dev/pts', 'dev/shm', 'home', 'media/cdrom', 'media/usb', 'mnt', 'opt'],
            ...['proc', 'run', 'srv', 'sys', 'lib/firmware', 'lib/mdev', 'usr/local/bin'],
            ...['etc/conf.d', 'etc/init.d', 'etc/modules-load.d', 'etc/profile.d', 'etc/sysctl.d'],
            ...['etc/local.d', 'etc/network/if-up.d', 'etc/network/if-down.d', 'etc/apk'],
            ...['var/cache/misc', 'var/lib/misc', 'var/log', 'var/mail', 'var/spool/cron'],
          ].map((name) => [name, 0o755]),
        ),
        root: 0o700,
        tmp: 0o1777,
        'var/tmp': 0o1777,
        'var/empty': 0o555,
      }),
      links({
        'var/run': '/run',
        'var/lock': '/run/lock',
        'var/spool/cron/crontabs': '/etc/crontabs',
      }),
    ],
  },
  {
    name: 'alpine-baselayout-data',
    description: 'Accounts, inittab and other tables',
    version: OWN_VERSION,
    noarch: true,
    origin: 'alpine-baselayout',
    contents: [links({ 'etc/mtab': '/proc/mounts' })],
    modes: { 'etc/shadow': 0o640 },
  },
  {
    name: 'alpine-release',
    description: 'Release data',
    version: OWN_VERSION,
    noarch: true,
    origin: 'alpine-base',
    depends: ['alpine-keys'],
    contents: [texts({ 'etc/alpine-release': `${RELEASE}\n`, 'etc/os-release': OS_RELEASE })],
  },
  {
    name: 'alpine-keys',
    description: "The lab's own public key",
    version: OWN_VERSION,
    contents: [ownKey],
  },
  {
    name: 'alpine-conf',
    description: 'Configuration scripts: none of them in the lab',
    version: OWN_VERSION,
    depends: ['openrc', 'busybox'],
  },
  {
    name: 'apk-tools',
    description: 'A stand-in for apk that installs from the boot media',
    version: '3.0.6-r0',
    depends: ['/bin/sh', 'ca-certificates-bundle'],
  },
  {
    name: 'libc-utils',
    description: 'Meta package for the C library programs: none of them in the lab',
    version: '0.7.2-r0',
    noarch: true,
  },
  {
    name: 'busybox',
    description: 'Many common programs in one',
    version: { deb: 'busybox-static' },
    contents: [
      takeSame('busybox-static', ['bin/busybox']),
      folders({ 'usr/bin': 0o755, sbin: 0o755 }),
    ],
    triggers: ['/bin', '/usr/bin', '/sbin', '/usr/sbin', '/lib/modules/*'],
  },
  {
    name: 'busybox-binsh',
    description: 'busybox as /bin/sh',
    version: { deb: 'busybox-static' },
    origin: 'busybox',
    depends: ['busybox=@'],
    provides: ['/bin/sh'],
    providerPriority: 100,
    contents: [links({ 'bin/sh': '/bin/busybox' })],
  },
  {
    name: 'busybox-suid',
    description: 'Programs of busybox that need root: the lab has none apart',
    version: { deb: 'busybox-static' },
    origin: 'busybox',
    depends: ['busybox'],
  },
  {
    name: 'busybox-openrc',
    description: "Services of busybox's daemons",
    version: { deb: 'busybox-static' },
    noarch: true,
    origin: 'busybox',
    depends: ['openrc'],
  },
  {
    name: 'mdev-conf',
    description: 'Configuration for mdev',
    version: OWN_VERSION,
    noarch: true,
  },
  {
    name: 'busybox-mdev-openrc',
    description: 'Devices by busybox mdev',
    version: { deb: 'busybox-static' },
    noarch: true,
    origin: 'busybox',
    depends: ['openrc', 'mdev-conf'],
    provides: ['dev-openrc'],
    providerPriority: 30,
  },
  {
    name: 'openrc',
    description: 'OpenRC manages the services, startup and shutdown of a host',
    version: { deb: 'openrc' },
    depends: ['ifupdown-any', '/bin/sh'],
    contents: [
      openrcScripts,
      take('openrc', OPENRC_COMMANDS),
      links({ 'sbin/service': 'rc-service' }),
      folders(
        Object.fromEntries(
          ['sysinit', 'boot', 'default', 'nonetwork', 'shutdown'].map((level) => [
            `etc/runlevels/${level}`,
            0o755,
          ]),
        ),
      ),
    ],
  },
  {
    name: 'ifupdown-ng',
    description: 'Tools for managing network configuration',
    version: { deb: 'ifupdown-ng' },
    provides: ['ifupdown-any'],
    providerPriority: 900,
    contents: [
      take('ifupdown-ng', { 'sbin/ifupdown-ng': 'sbin/ifupdown' }),
      takeSame('ifupdown-ng', ['usr/libexec/ifupdown-ng']),
      links(Object.fromEntries(IFUPDOWN.map((name) => [`sbin/${name}`, 'ifupdown']))),
      folders({ 'etc/network': 0o755 }),
    ],
  },
  {
    name: 'ca-certificates-bundle',
    description: "Mozilla's certificates in one file",
    version: { deb: 'ca-certificates' },
    origin: 'ca-certificates',
    provides: ['ca-certificates-cacert=@'],
    contents: [certificates],
  },
  {
    name: 'tzdata',
    description: 'Time zones',
    version: { deb: 'tzdata' },
    contents: [
      takeSame(
        'tzdata',
        ['Africa', 'America', 'Asia', 'Atlantic', 'Australia', 'Etc', 'Europe', 'Indian', 'Pacific']
          .concat(['GMT', 'UTC'])
          .map((name) => `usr/share/zoneinfo/${name}`),
      ),
    ],
  },
];

/** Debian packages that the recipes above read. */
export const baseDebs: readonly string[] = [
  'busybox-static',
  'ca-certificates',
  'ifupdown-ng',
  'openrc',
  'tzdata',
];
