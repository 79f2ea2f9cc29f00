import { spawnSync } from 'node:child_process';

/** Interfaces that the files of tests name. */
const INTERFACES = ['eth0', 'eth0.20', 'eth1', 'bond0.20'];

/**
 * Puts the tree's etc/ folders instead of the host's, inside namespaces of its own: the daemons read the
 * files under the very paths and find the very accounts that the appliance has.
 */
export const applianceScript = (interfaces: readonly string[] = INTERFACES): string => `
set -e
# Name servers are beyond a route, as on the appliance: haproxy says where it cannot send to one.
ip link set lo up
ip route add default dev lo
ip -6 route add default dev lo
for name in ${interfaces.join(' ')}; do ip link add "$name" type bridge; done
enter() {
  export tree=$1
  # Debian's keepalived 2.3 does not start without it.
  touch "$tree/etc/keepalived/keepalived.config-opts"
  # One account is mapped here: others' scripts are judged as if they were root's.
  sed -i -E 's/^( +user) .*/\\1 root/' "$tree/etc/keepalived/keepalived.conf"
  for name in haproxy keepalived; do
    if test -d "$tree/etc/$name"; then mount --bind "$tree/etc/$name" "/etc/$name"; fi
  done
  mount --bind "$tree/etc/passwd" /etc/passwd
  mount --bind "$tree/etc/group" /etc/group
}
`;

/**
 * Runs the command in tree after tree, each on top of the last: namespaces take longer to make than a file to judge.
 * After each come its exit code and a mark.
 */
const MANY_TREES = `
trees=$1; shift
for folder in $trees; do
  enter "$folder"
  if "$@" 2>&1; then code=0; else code=$?; fi
  printf '\\n=== ended with %s ===\\n' "$code"
done
`;

export interface Said {
  readonly status: number | null;
  readonly text: string;
}

/** What a command says in each of the rendered trees, in their order. */
export function saidInEach(
  folders: readonly string[],
  command: readonly string[],
  interfaces?: readonly string[],
): readonly Said[] {
  const script = applianceScript(interfaces) + MANY_TREES;
  const args = ['-Urnm', 'sh', '-c', script, 'sh', folders.join(' '), ...command];
  const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
  const parts = [...stdout.matchAll(/((?:.|\n)*?)\n=== ended with (\d+) ===\n/g)];
  if (parts.length !== folders.length) throw new Error(`the appliance broke off: ${stderr}`);
  return parts.map(([, text = '', code]) => ({ text, status: Number(code) }));
}
