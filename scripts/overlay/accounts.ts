import type { ClusterModel } from '../cluster/model.ts';
import type { View } from './view-schema.ts';

type Group = View['groups'][number];
type User = View['users'][number];

const NOLOGIN = '/sbin/nologin';
const ADMIN_ID = 1000;

/**
 * Groups of alpine-baselayout in all supported releases, so that every package finds the ones it names.
 * The overlay's etc/passwd, etc/group and etc/shadow win over the package's: they have to be whole.
 */
const BASE_GROUPS: readonly (readonly [name: string, gid: number, members?: string])[] = [
  ['root', 0, 'root'],
  ['bin', 1, 'root bin daemon'],
  ['daemon', 2, 'root bin daemon'],
  ['sys', 3, 'root bin'],
  ['adm', 4, 'root daemon'],
  ['tty', 5],
  ['disk', 6, 'root'],
  ['lp', 7, 'lp'],
  ['mem', 8],
  ['kmem', 9],
  ['wheel', 10, 'root'],
  ['floppy', 11, 'root'],
  ['mail', 12, 'mail'],
  ['news', 13, 'news'],
  ['uucp', 14, 'uucp'],
  ['cron', 16, 'cron'],
  ['console', 17],
  ['audio', 18],
  ['cdrom', 19],
  ['dialout', 20, 'root'],
  ['ftp', 21],
  ['sshd', 22],
  ['input', 23],
  ['tape', 26, 'root'],
  ['video', 27, 'root'],
  ['netdev', 28],
  ['kvm', 34, 'kvm'],
  ['games', 35],
  ['shadow', 42],
  ['www-data', 82],
  ['usb', 85],
  ['users', 100, 'games'],
  ['ntp', 123],
  ['haproxy', 190],
  ['chrony', 191],
  ['keepalived_script', 192],
  ['abuild', 300],
  ['utmp', 406],
  ['ping', 999],
  ['nogroup', 65533],
  ['nobody', 65534],
];

const BASE_USERS: readonly (readonly [name: string, uid: number, gid: number, home: string])[] = [
  ['bin', 1, 1, '/bin'],
  ['daemon', 2, 2, '/sbin'],
  ['lp', 4, 7, '/var/spool/lpd'],
  ['mail', 8, 12, '/var/mail'],
  ['news', 9, 13, '/usr/lib/news'],
  ['uucp', 10, 14, '/var/spool/uucppublic'],
  ['cron', 16, 16, '/var/spool/cron'],
  ['ftp', 21, 21, '/var/lib/ftp'],
  ['sshd', 22, 22, '/dev/null'],
  ['games', 35, 35, '/usr/games'],
  ['ntp', 123, 123, '/var/empty'],
  ['haproxy', 190, 190, '/var/lib/haproxy'],
  ['chrony', 191, 191, '/var/log/chrony'],
  ['keepalived_script', 192, 192, '/var/empty'],
  ['guest', 405, 100, '/dev/null'],
  ['nobody', 65534, 65534, '/'],
];

export function accountsOf(cluster: ClusterModel): Pick<View, 'groups' | 'users' | 'admin'> {
  const admin = cluster.access.adminUser;
  const added = adminUser(cluster);
  const base = BASE_USERS.map(([name, uid, gid, home]) => systemUser(name, uid, gid, home));
  return {
    admin,
    users: [rootUser(cluster), ...base, ...added],
    groups: [
      ...BASE_GROUPS.map(([name, gid, members]) => group(name, gid, members, admin?.name)),
      ...added.map(({ name, gid }) => group(name, gid)),
    ],
  };
}

function group(name: string, gid: number, members = '', admin?: string): Group {
  const names = members === '' ? [] : members.split(' ');
  return {
    name,
    gid,
    members: name === 'wheel' && admin !== undefined ? [...names, admin] : names,
  };
}

function systemUser(name: string, uid: number, gid: number, home: string): User {
  return { name, uid, gid, comment: name, home, shell: NOLOGIN, noPassword: '!' };
}

function rootUser({ access }: ClusterModel): User {
  const byKey =
    access.sshd && access.adminUser === undefined && access.sshAuthorizedKeys.length > 0;
  return {
    ...{ name: 'root', uid: 0, gid: 0, comment: 'root', home: '/root', shell: '/bin/sh' },
    passwordHash: access.rootPasswordHash,
    noPassword: locked(byKey),
  };
}

function adminUser({ access }: ClusterModel): readonly User[] {
  if (access.adminUser === undefined) return [];
  const { name, passwordHash } = access.adminUser;
  const byKey = access.sshd && access.sshAuthorizedKeys.length > 0;
  return [
    {
      ...{ name, uid: ADMIN_ID, gid: ADMIN_ID, comment: name, shell: '/bin/sh' },
      home: `/home/${name}`,
      passwordHash,
      noPassword: locked(byKey),
    },
  ];
}

/** No password fits either of them, but sshd turns away even a valid key where the field begins with `!`. */
function locked(loginByKey: boolean): string {
  return loginByKey ? '*' : '!';
}
