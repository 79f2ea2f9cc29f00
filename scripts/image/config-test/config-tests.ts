import type { NodeModel } from '../../cluster/model.ts';
import { parseChronydOutput } from './complaints/chronyd.ts';
import type { Complaint, ProgramOutput } from './complaints/complaint.ts';
import { parseHaproxyOutput } from './complaints/haproxy.ts';
import { isAboutInterfaces, parseKeepalivedOutput } from './complaints/keepalived.ts';
import { isOfKernel, parseNftOutput } from './complaints/nft.ts';
import { parseSshdOutput } from './complaints/sshd.ts';

/** What a test found, and what it could not look at on this machine. */
export interface TestFindings {
  readonly complaints: readonly Complaint[];
  /** One sentence each, for people. */
  readonly limits: readonly string[];
}

/** How a daemon of the image is asked whether it accepts its configuration. */
export interface ConfigTest {
  /** File name of the program, and how messages call it. */
  readonly program: string;
  /** Package of the lock whose version is the program's. */
  readonly packageName: string;
  /** Where it may lie, relative to the root. */
  readonly places: readonly string[];
  /** Asked only where the overlay has this file: without it the daemon is not started. */
  readonly config: string;
  readonly command: (place: string, node: NodeModel) => readonly [string, ...string[]];
  readonly capabilities?: readonly string[];
  readonly judge: (output: ProgramOutput) => TestFindings;
}

/** Exit codes of the scripts below, which no daemon here uses. */
const NO_INTERFACES = 91;
const NO_RULES = 92;

/**
 * keepalived wants to see the interfaces that it is to use. Of what the kernel can make without hardware the first kind
 * that works here will do. Its own exit code is kept, also where none does: that is told by a file. The sandbox has one
 * account: scripts that run as another one are judged as if they were root's, which asks for more.
 */
const KEEPALIVED = `
daemon=$1; shift
file=/etc/keepalived/keepalived.conf
made=yes
busybox ip link set lo up
for name; do
  for kind in dummy bridge veth vlan; do
    busybox ip link add "$name" type $kind 2>/dev/null && continue 2
  done
  made=no
done
if busybox grep -E '^ *(script_)?user +' $file | busybox grep -qv ' root$'; then
  busybox sed -E 's/^( *(script_)?user) .*/\\1 root/' $file > /tmp/keepalived.conf
  words=$("$daemon" --config-test --use-file /tmp/keepalived.conf 2>&1)
  code=$?
  echo "$words" | busybox sed "s#/tmp/keepalived.conf#$file#"
else
  "$daemon" --config-test --use-file $file
  code=$?
fi
[ $made = no ] && [ $code -ne 0 ] && exit ${NO_INTERFACES}
exit $code
`;

/** Rules of every kind that our own template has: a kernel that takes them can judge others. */
const PLAIN_RULES = `table inet vipiso {
  chain input {
    type filter hook input priority 0; policy drop;
    iifname "lo" accept
    ct state established,related accept
    icmp type { echo-request } accept
    icmpv6 type { nd-router-advert } ip6 hoplimit 255 accept
    ip saddr { 192.0.2.1, 192.0.2.2 } tcp dport { 22, 6443 } accept comment "plain"
    meta l4proto 112 accept
  }
}
`;

const NFT = `
"$1" --check --file /etc/nftables.nft
code=$?
[ $code -eq 0 ] || printf '%s' "$2" | "$1" --check --file - >/dev/null 2>&1 || exit ${NO_RULES}
exit $code
`;

/** The node makes its host keys when it boots; a folder below /run is made by the service. */
const SSHD = `
mkdir -p -m 755 /run/sshd
ssh-keygen -q -t ed25519 -N '' -f /tmp/key
exec "$1" -t -f /etc/ssh/sshd_config -h /tmp/key
`;

export const CONFIG_TESTS: readonly ConfigTest[] = [
  {
    program: 'haproxy',
    packageName: 'haproxy',
    places: ['usr/sbin/haproxy', 'usr/bin/haproxy', 'sbin/haproxy'],
    config: 'etc/haproxy/haproxy.cfg',
    // -dr: there is no name server here, and a server that has no address yet is not a mistake of the file.
    command: (place) => [`/${place}`, '-c', '-dr', '-f', '/etc/haproxy/haproxy.cfg'],
    judge: (output) => ({ complaints: parseHaproxyOutput(output), limits: [] }),
  },
  {
    program: 'keepalived',
    packageName: 'keepalived',
    places: ['usr/sbin/keepalived', 'usr/bin/keepalived', 'sbin/keepalived'],
    config: 'etc/keepalived/keepalived.conf',
    command: (place, node) => script(KEEPALIVED, `/${place}`, ...interfacesOf(node)),
    capabilities: ['CAP_NET_ADMIN'],
    judge: judgeKeepalived,
  },
  {
    program: 'nft',
    packageName: 'nftables',
    places: ['usr/sbin/nft', 'sbin/nft', 'usr/bin/nft'],
    config: 'etc/nftables.nft',
    command: (place) => script(NFT, `/${place}`, PLAIN_RULES),
    capabilities: ['CAP_NET_ADMIN'],
    judge: judgeNft,
  },
  {
    program: 'sshd',
    packageName: 'openssh-server',
    places: ['usr/sbin/sshd', 'sbin/sshd', 'usr/bin/sshd'],
    config: 'etc/ssh/sshd_config',
    command: (place) => script(SSHD, `/${place}`),
    judge: (output) => ({ complaints: parseSshdOutput(output), limits: [] }),
  },
  {
    program: 'chronyd',
    packageName: 'chrony',
    places: ['usr/sbin/chronyd', 'sbin/chronyd', 'usr/bin/chronyd'],
    config: 'etc/chrony/chrony.conf',
    command: (place) => [`/${place}`, '-p', '-f', '/etc/chrony/chrony.conf'],
    judge: (output) => ({ complaints: parseChronydOutput(output), limits: [] }),
  },
];

function script(text: string, ...args: readonly string[]): readonly [string, ...string[]] {
  return ['/bin/sh', '-c', text, 'sh', ...args];
}

/** A VLAN's name stands for itself: what it is on top of does not matter here. */
function interfacesOf({ interfaces }: NodeModel): readonly string[] {
  return [
    ...new Set(interfaces.flatMap(({ name, vlan }) => (vlan ? [vlan.parent, name] : [name]))),
  ];
}

function judgeKeepalived(output: ProgramOutput): TestFindings {
  const complaints = parseKeepalivedOutput(output);
  if (output.exitCode !== NO_INTERFACES) return { complaints, limits: [] };
  // The refusal itself may be on account of what is missing here alone.
  const others = complaints.filter((it) => !isAboutInterfaces(it));
  return {
    complaints: others,
    limits: ['this machine does not allow making network interfaces, which keepalived needs'],
  };
}

function judgeNft(output: ProgramOutput): TestFindings {
  const complaints = parseNftOutput(output);
  if (output.exitCode !== NO_RULES) return { complaints, limits: [] };
  return {
    complaints: complaints.filter((it) => !isOfKernel(it)),
    limits: [
      'the kernel of this machine accepts no nftables rules, so nft checked only their syntax',
    ],
  };
}
