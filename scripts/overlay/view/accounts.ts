import type { ClusterModel } from '../../cluster/model.ts';
import { BASE_GROUPS, BASE_USERS } from '../../cluster/values/base-accounts.ts';
import type { View } from './view-schema.ts';

type Group = View['groups'][number];
type User = View['users'][number];

const NOLOGIN = '/sbin/nologin';
const ADMIN_ID = 1000;

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
