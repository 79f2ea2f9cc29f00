import type { CodePage } from './page.ts';

export const VRRP_PAGES: readonly CodePage[] = [
  {
    code: 'weight-gap',
    title: 'The VIP never leaves a node whose haproxy is dead',
    meaning:
      'keepalived adds the weight of the health check to the priority of a node whose haproxy lives (or takes it away from one whose haproxy is dead). Where the weight is not larger than the gap between two priorities, the dead MASTER still outranks the living BACKUP. With nopreempt no weight but 0 helps: a BACKUP leaves a MASTER alone that still sends adverts.',
    remedy:
      'Make the weight larger than the largest gap, or use 0, which makes a failed check a fault.',
    silence: true,
    example: {
      before:
        'vrrp:\n  check: {weight: 2}\nnodes:\n  - {hostname: lb-1, address: 192.168.9.137/24, priority: 150}\n  - {hostname: lb-2, address: 192.168.9.138/24, priority: 100}',
      after:
        'vrrp:\n  check: {weight: 51}\nnodes:\n  - {hostname: lb-1, address: 192.168.9.137/24, priority: 150}\n  - {hostname: lb-2, address: 192.168.9.138/24, priority: 100}',
    },
  },
  {
    code: 'roles',
    title: 'Roles and priorities that keepalived ignores, or that make nodes fight',
    meaning:
      'Two MASTERs both claim the VIP at start; a MASTER below another’s priority loses it at once; with nopreempt or preempt_delay the state MASTER is ignored; priorities are 1 to 254.',
    remedy: 'One MASTER with the highest priority, every node with a priority of its own.',
    silence: true,
    example: {
      before:
        'nodes:\n  - {hostname: lb-1, address: 192.168.9.137/24, role: MASTER}\n  - {hostname: lb-2, address: 192.168.9.138/24, role: MASTER}',
      after:
        'nodes:\n  - {hostname: lb-1, address: 192.168.9.137/24, role: MASTER}\n  - {hostname: lb-2, address: 192.168.9.138/24, role: BACKUP}',
    },
  },
  {
    code: 'advert',
    title: 'Adverts that the protocol cannot carry',
    meaning:
      'VRRP 2 sends whole seconds up to 255, VRRP 3 hundredths of a second up to 40.95 s (RFC 9568, 5.2.7). Unicast adverts need another node that they go to. Below 0.1 s every live migration and snapshot of a virtual machine moves the VIP.',
    seen: [
      'apache/cloudstack#1486: adverts every second, and live migrations that trip the fail-over',
    ],
    remedy: 'Use whole seconds with version 2; 0.1 s or more with version 3.',
    silence: true,
    example: {
      before: 'vrrp:\n  advert_int: 0.5',
      after: 'vrrp:\n  version: 3\n  advert_int: 0.5',
    },
  },
  {
    code: 'slo',
    title: 'A loss that is asked for and that no timers keep',
    meaning:
      'Timers that you do not write follow from slo. What stays is what the protocol needs: three adverts and a skew until another node acts, interval x fall until a check believes what it sees. A setting of your own that takes longer than slo allows is named at its place.',
    remedy: 'Leave the setting out, or ask for what the arithmetic shows.',
    silence: false,
    example: {
      before: 'slo: {proxy_loss: 0.4s}\nvrrp:\n  advert_int: 1',
      after: 'slo: {proxy_loss: 0.4s}',
    },
  },
  {
    code: 'auth',
    title: 'A password that keepalived cuts off, misreads or rejects',
    meaning:
      'auth_pass has eight characters at most, the rest is dropped without a word; VRRP 3 has no authentication at all (RFC 9568); auth_hmac and a few other words need keepalived 2.4.',
    remedy: 'Letters and digits, eight at most, and version 2.',
    silence: true,
    example: {
      before: 'vrrp:\n  auth_pass: longer-than-eight',
      after: 'vrrp:\n  auth_pass: eight8ch',
    },
  },
  {
    code: 'flap',
    title: 'A script that judges the API servers instead of haproxy',
    meaning:
      'When the API is down, such a script fails on both nodes, and the VIP moves to and fro, which helps nobody and breaks what still works.',
    seen: ['openshift/machine-config-operator#3339: keepalived’s check followed the API servers'],
    remedy: 'Let haproxy judge the API servers, and keepalived haproxy alone.',
    silence: true,
    example: {
      before:
        'raw:\n  keepalived:\n    vrrp_instance: ["notify \\"/bin/sh -c \'wget https://192.168.9.130:6443/readyz\'\\""]',
      after: 'raw:\n  keepalived:\n    vrrp_instance: ["garp_lower_prio_repeat 1"]',
    },
  },
  {
    code: 'script-user',
    title: 'A check script that keepalived does not run',
    meaning:
      'keepalived refuses scripts of an account that does not exist, and warns of scripts that run as root where enable_script_security is not set. Alpine’s package makes no account keepalived_script; ours is in every image.',
    remedy: 'Use root or keepalived_script in vrrp.check.user.',
    silence: true,
    example: {
      before: 'vrrp:\n  check: {user: monitor}',
      after: 'vrrp:\n  check: {user: keepalived_script}',
    },
  },
  {
    code: 'musl-include',
    title: 'A plain include, which does nothing on Alpine',
    meaning:
      'keepalived’s include relies on a function of glob(3) that musl, Alpine’s C library, does not have. includea, includer and includew work.',
    remedy: 'Write includea instead of include.',
    silence: true,
    example: {
      before: 'raw:\n  keepalived:\n    global_defs: [include /etc/keepalived/conf.d/*.conf]',
      after: 'raw:\n  keepalived:\n    global_defs: [includea /etc/keepalived/conf.d/*.conf]',
    },
  },
  {
    code: 'mail-name',
    title: 'A mail server by name holds the VIP up',
    meaning:
      'keepalived looks the name up once, while it reads its file, which is before the network answers. Until the resolver gives up, some 10 s, nobody holds the VIP; and what was not found is not looked for again: there is no mail until keepalived is started again.',
    remedy: 'Write the address, and the port behind it where that is not 25.',
    silence: true,
    example: {
      before:
        'network: {gateway: 192.168.9.1, dns: 192.168.9.1}\nvrrp:\n  notify: {smtp_server: mail.example.org}',
      after:
        'network: {gateway: 192.168.9.1, dns: 192.168.9.1}\nvrrp:\n  notify: {smtp_server: 192.168.9.25}',
    },
  },
  {
    code: 'single',
    title: 'One node, or one backend: nothing to fail over to',
    meaning: 'When it is down, the service is down.',
    remedy: 'Add a second node, and the other API servers.',
    silence: true,
    example: {
      before: 'services:\n  - backends:\n      - {name: k8s-1, address: 192.168.9.130}',
      after:
        'services:\n  - backends:\n      - {name: k8s-1, address: 192.168.9.130}\n      - {name: k8s-2, address: 192.168.9.131}',
    },
  },
  {
    code: 'duplicate',
    title: 'Two things with one name, address, port or identity',
    meaning:
      'Host names, addresses, VIPs, ports and sections of haproxy.cfg are unique within a cluster; virtual_router_id, VIPs and addresses also among all the files that are checked together. Two pairs with one virtual_router_id on one LAN take each other’s adverts for their own, and one of them loses its VIP.',
    seen: [
      'openshift/installer#2966: clusters on one LAN with one virtual_router_id',
      'easzlab/kubeasz#126: the same',
    ],
    remedy: 'Give each its own.',
    silence: true,
    example: {
      before:
        'nodes:\n  - {hostname: lb-1, address: 192.168.9.137/24}\n  - {hostname: lb-1, address: 192.168.9.138/24}',
      after:
        'nodes:\n  - {hostname: lb-1, address: 192.168.9.137/24}\n  - {hostname: lb-2, address: 192.168.9.138/24}',
    },
  },
  {
    code: 'vrrp-groups',
    title: 'Groups of VIPs that do not fit together',
    meaning:
      'Where there are several groups each has a name, an owner that is a node, and a service that it carries; each service says which groups carry it. Settings of the whole daemon, such as process_priority, are the same in all of them.',
    remedy: 'Give each group a name and each service the name of its group (services[].vrrp).',
    silence: true,
    example: {
      before: 'vrrp:\n  vip: 192.168.9.139\n  owner: lb-3',
      after: 'vrrp:\n  vip: 192.168.9.139\n  owner: lb-2',
    },
  },
  {
    code: 'track-script',
    title: 'A check of your own that cannot run or says nothing',
    meaning:
      'A track script has a command or a gateway, ends before its next run begins, and runs by an account that the image has. A file of the overlay must be there, and executable. One that fails for another reason than what it checks takes the VIP away for nothing.',
    remedy:
      'Name a command or an executable file of the overlay, with a timeout below its interval.',
    silence: true,
    example: {
      before: 'vrrp:\n  scripts:\n    - {name: own}',
      after: 'vrrp:\n  scripts:\n    - {name: own, run: /bin/true}',
    },
  },
  {
    code: 'shared-fault',
    title: 'A check whose failure takes the VIP from all nodes at once',
    meaning:
      'With weight 0 a script that fails is a fault: the node gives its VIPs up, whether or not another one can take them. A gateway is the same for all nodes: when it is gone, every node is in fault and nobody holds the VIP, although the pair and the API servers live.',
    remedy:
      'Leave the weight out: then the node whose check succeeds is preferred, and one of them always serves.',
    silence: true,
    example: {
      before: 'vrrp:\n  scripts:\n    - {name: uplink, gateway: 192.168.9.1, weight: 0}',
      after: 'vrrp:\n  scripts:\n    - {name: uplink, gateway: 192.168.9.1}',
    },
  },
  {
    code: 'check-timers',
    title: 'A check that may outlive its interval',
    meaning:
      'keepalived starts a check when its interval has passed, and not while the one before still runs. With a timeout above the interval a hung haproxy is noticed later than the numbers say.',
    remedy: 'Set a timeout no longer than the interval.',
    silence: true,
    example: {
      before: 'vrrp:\n  check: {interval: 2, timeout: 3}',
      after: 'vrrp:\n  check: {interval: 2, timeout: 1}',
    },
  },
];
