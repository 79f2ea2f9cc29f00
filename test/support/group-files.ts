/** Two groups on one LAN, each node the owner of one: what active/active pairs write. */
export const ACTIVE_ACTIVE_FILE = `
nodes:
  - hostname: lb-1
    address: 192.168.9.137/24
  - hostname: lb-2
    address: 192.168.9.138/24
vrrp:
  - name: api
    vip: 192.168.9.139
    owner: lb-1
  - name: ingress
    vip: [192.168.9.140, 192.168.9.141]
    owner: lb-2
services:
  - name: k8s-api
    vrrp: api
    backends:
      - { name: k8s-1, address: 192.168.9.130 }
      - { name: k8s-2, address: 192.168.9.131 }
  - name: web
    vrrp: ingress
    port: 443
    allow: [10.0.0.0/8, "fd00::/8"]
    backends:
      - { name: k8s-1, address: 192.168.9.130 }
      - { name: k8s-2, address: 192.168.9.131 }
`;

/** Two groups in two networks of both families, with everything that a group can have of its own. */
export const TWO_NETWORKS_FILE = `
network: { gateway: [192.168.9.1, "fe80::1"] }
nodes:
  - hostname: lb-1
    address: [192.168.9.137/24, "fd00::137/64"]
    interfaces: [{ name: eth1, address: 10.1.0.7/16 }]
  - hostname: lb-2
    address: [192.168.9.138/24, "fd00::138/64"]
    interfaces: [{ name: eth1, address: 10.1.0.8/16 }]
vrrp:
  - name: api
    vip: [192.168.9.139/24, "fd00::139/128"]
    owner: lb-1
    profile: fast
    virtual_router_id: 60
    use_vmac: true
    scripts:
      - { name: gateway, gateway: true }
      - { name: uplink, run: "ip link show eth1 | grep -q LOWER_UP", interval: 10, weight: -5 }
  - name: ingress
    vip: 10.1.0.100
    interface: eth1
    owner: lb-2
    virtual_router_id: 60
    version: 2
    advert_int: 1
    unicast: true
    use_vmac: true
    priorities: { lb-1: 100, lb-2: 110 }
    preempt_delay: 30
    scripts: [gateway, { name: disk, run: /usr/bin/test -w /run, user: nobody, weight: 0 }]
services:
  - name: k8s-api
    vrrp: [api, ingress]
    backends: [{ name: k8s-1, address: 192.168.9.130 }, { name: k8s-2, address: 192.168.9.131 }]
`;
