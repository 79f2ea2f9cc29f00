import type { CodePage } from './page.ts';

export const NETWORK_PAGES: readonly CodePage[] = [
  {
    code: 'addressing',
    title: 'A node would come up without a usable address',
    meaning:
      'An interface has no address, or two ways to get one; a gateway lies in none of its subnets; an address is its subnet itself; a prefix length spans more than any LAN; nodes disagree about the size of their subnet, or are in different VLANs.',
    remedy: 'Write each address with the prefix length of its subnet, and a gateway inside of it.',
    silence: true,
    example: {
      before: 'network:\n  gateway: 192.168.8.1',
      after: 'network:\n  gateway: 192.168.9.1',
    },
  },
  {
    code: 'special-address',
    title: 'An address that no machine has',
    meaning:
      'Unspecified (0.0.0.0, ::), loopback, multicast and broadcast addresses name no machine on the network. The worst is a backend: haproxy connects to itself, the health check succeeds, and every client makes two connections instead of getting an answer.',
    remedy: 'Write the address that the machine has on the network.',
    silence: true,
    example: {
      before: 'services:\n  - backends:\n      - {name: k8s-1, address: 127.0.0.1}',
      after: 'services:\n  - backends:\n      - {name: k8s-1, address: 192.168.9.130}',
    },
  },
  {
    code: 'vip-subnet',
    title: 'A VIP that its neighbours never ask for, or that another machine has',
    meaning:
      'A VIP is found by ARP (IPv4) or neighbour discovery (IPv6), which ask on the LAN of its subnet alone. Two machines with one address answer both, and clients reach one or the other by chance.',
    remedy: 'Choose a free address in the subnet of the interface that carries VRRP.',
    silence: true,
    example: { before: 'vrrp:\n  vip: 192.168.10.139', after: 'vrrp:\n  vip: 192.168.9.139' },
  },
  {
    code: 'vip-prefix',
    title: 'A VIP whose prefix brings a route or a source address along',
    meaning:
      'keepalived adds a VIP with the prefix that is written, and the kernel makes a route to that whole network: with /0 or /8 the MASTER takes half the world as its own subnet. An IPv6 VIP below /128 becomes the source of the node’s own connections, which break when the VIP moves.',
    seen: ['acassen/keepalived#1483: an IPv6 VIP was chosen as source of outgoing connections'],
    remedy: 'Leave the prefix out: /32 and /128 are what a VIP wants.',
    silence: true,
    example: { before: 'vrrp:\n  vip: 192.168.9.139/8', after: 'vrrp:\n  vip: 192.168.9.139' },
  },
  {
    code: 'foreign-bind',
    title: 'A listener on an address that no node and no VIP has',
    meaning:
      'The nodes allow to listen on an address that is not there (net.ipv4.ip_nonlocal_bind), because the BACKUP listens on the VIP before it has it. So a typing mistake in a bind address stops nothing: haproxy starts, and nobody reaches it. With the bind option interface it does not even start where there is no such interface.',
    remedy: 'Bind the VIP, or leave bind out to listen on all addresses.',
    silence: true,
    example: {
      before: 'services:\n  - bind: 192.168.9.193:6443',
      after: 'services:\n  - bind: 192.168.9.139:6443',
    },
  },
  {
    code: 'unreachable',
    title: 'A host that a node has no route to, or whose name it cannot look up',
    meaning:
      'A backend, name server, time server, syslog or mail host is in no subnet of the node, and there is neither a gateway of its family nor a static route to it; or it is written as a name and the node has no name server. Without system.ntp_servers that is true of pool.ntp.org, too: clocks drift, and certificates seem to be not valid yet. Routes that an overlay adds, or that IPv6 routers announce, are not seen here.',
    remedy:
      'Add network.gateway or network.routes, and network.dns, or write addresses inside of the subnet.',
    silence: true,
    example: {
      before: 'services:\n  - backends:\n      - {name: k8s-1, address: 10.0.0.5}',
      after:
        'network:\n  gateway: 192.168.9.1\n  dns: 192.168.9.1\nservices:\n  - backends:\n      - {name: k8s-1, address: 10.0.0.5}',
    },
  },
  {
    code: 'interface-name',
    title: 'An interface that Alpine does not have',
    meaning:
      'Alpine leaves network cards the names that the kernel gives: eth0, eth1. Names such as ens192 or enp1s0 come from systemd’s udev, which is not there; bonds and bridges exist once something makes them. The node comes up without an address, and keepalived waits for the interface.',
    remedy: 'Use eth0 for the first card, eth1 for the second.',
    silence: true,
    example: { before: 'network:\n  interface: ens192', after: 'network:\n  interface: eth0' },
  },
  {
    code: 'mtu',
    title: 'An MTU that is too small for IPv6',
    meaning:
      'Every link of IPv6 carries packets of 1280 bytes (RFC 8200, section 5). The kernel switches IPv6 off on an interface whose MTU is smaller, and with it addresses and VIPs of that family.',
    remedy: 'Use 1280 or more.',
    silence: true,
    example: {
      before:
        'network:\n  mtu: 1000\nnodes:\n  - {hostname: lb-1, address: [192.168.9.137/24, "fd00::137/64"]}\n  - {hostname: lb-2, address: [192.168.9.138/24, "fd00::138/64"]}',
      after:
        'network:\n  mtu: 1280\nnodes:\n  - {hostname: lb-1, address: [192.168.9.137/24, "fd00::137/64"]}\n  - {hostname: lb-2, address: [192.168.9.138/24, "fd00::138/64"]}',
    },
  },
  {
    code: 'unicast-dhcp',
    title: 'Unicast adverts to an address that DHCP decides',
    meaning:
      'With unicast each node sends its adverts to the addresses of the others, which are written into its file. Nobody knows the one that DHCP will give.',
    remedy: 'Give every node a static address, or use multicast.',
    silence: true,
    example: {
      before:
        'vrrp:\n  unicast: true\nnodes:\n  - {hostname: lb-1, dhcp: true}\n  - {hostname: lb-2, address: 192.168.9.138/24}',
      after: 'vrrp:\n  unicast: true',
    },
  },
  {
    code: 'routes',
    title: 'A route that the kernel would refuse',
    meaning:
      'The gateway of a route must be on-link: in a subnet of the interface, and another machine. A destination has no bits beyond its prefix length, one destination and metric has one route, and both ends are of one family. The kernel refuses any other, and the node comes up without it.',
    remedy:
      'Name a gateway in the subnet of the interface, and write the destination as its network.',
    silence: true,
    example: {
      before: 'network:\n  routes:\n    - {to: 10.0.0.0/8, via: 192.168.8.1}',
      after: 'network:\n  routes:\n    - {to: 10.0.0.0/8, via: 192.168.9.1}',
    },
  },
  {
    code: 'bond',
    title: 'A bond that cannot be made, or that protects from nothing',
    meaning:
      'A member has no address, belongs to one bond and is not the bond itself; some options mean something in one mode alone; a VLAN cannot carry larger packets than what is below it. A bond of one member goes down with it.',
    remedy: 'List two or more cards that nothing else uses, and options of the chosen mode.',
    silence: true,
    example: {
      before: 'network:\n  bond: {members: [eth0, eth1], primary: eth2}',
      after: 'network:\n  bond: {members: [eth0, eth1], primary: eth1}',
    },
  },
  {
    code: 'cards',
    title: 'A MAC address that names no card, or more than one',
    meaning:
      'A card that is named by its MAC address is renamed before the network starts. Each address is of one card of one node, a bond has none of its own, and a card without one beside others that have one gets whatever name is left.',
    remedy:
      'Write the MAC address that the hypervisor shows for each card, of all cards of a node or of none.',
    silence: true,
    example: {
      before:
        'nodes:\n  - {hostname: lb-1, address: 192.168.9.137/24, mac: 52:54:00:12:34:56}\n  - {hostname: lb-2, address: 192.168.9.138/24, mac: 52:54:00:12:34:56}',
      after:
        'nodes:\n  - {hostname: lb-1, address: 192.168.9.137/24, mac: 52:54:00:12:34:56}\n  - {hostname: lb-2, address: 192.168.9.138/24, mac: 52:54:00:12:34:57}',
    },
  },
  {
    code: 'management',
    title: 'A management interface that nobody could use',
    meaning:
      'sshd and the statistics page listen on the addresses of this interface and nowhere else. So every node needs it, with an address that is known beforehand, and it carries no VIP. A port of the firewall that is open on management needs it, too.',
    remedy: 'Give each node an interface of that name with a static address.',
    silence: true,
    example: {
      before: 'management: {interface: eth1}',
      after:
        'management: {interface: eth1}\naccess:\n  ssh_authorized_keys: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGV4YW1wbGUga2V5IG9mIG5vYm9keSwgZm9yIHRleHRz ops\nnodes:\n  - {hostname: lb-1, address: 192.168.9.137/24, interfaces: [{name: eth1, address: 10.0.0.7/24}]}\n  - {hostname: lb-2, address: 192.168.9.138/24, interfaces: [{name: eth1, address: 10.0.0.8/24}]}',
    },
  },
];
