import { hostCertificate, hostKey } from './ssh-keys.ts';

const node = (number: number) => `
  - hostname: lb-${number}
    interfaces:
      - name: bond0
        vlan: 20
        mtu: 1400
        address: [192.168.9.13${number}/24, "fd00:9::13${number}/64"]
        bond:
          mode: 802.3ad
          lacp_rate: fast
          xmit_hash_policy: layer3+4
          members:
            - { name: eth0, mac: "52:54:00:AA:00:${number}1" }
            - { name: eth1, mac: "52-54-00-aa-00-${number}2" }
        routes:
          - { to: 10.20.0.0/16, via: 192.168.9.1, metric: 10 }
          - { to: default, via: "fd00:9::1" }
      - { name: bond0, vlan: 30, address: 10.0.30.13${number}/24 }
      - { name: mgmt0, mac: "52:54:00:aa:00:${number}3", address: 10.0.0.13${number}/24 }`;

/** Bonds, VLANs on top, routes, names by MAC addresses, management apart, host keys that stay: for tests of what is rendered. */
export const NETWORK_FILE = `
nodes:${node(1)}${node(2)}
management: { interface: mgmt0 }
stats: {}
firewall: { allow_management: 10.9.0.0/16 }
vrrp: { vip: [192.168.9.139, "fd00:9::139"] }
access:
  ssh_authorized_keys: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7Jm3lLZgYzWkYpQ8m0dPSdVZLQYpX0c8yT6cKZ8m9A admin
  ssh:
    host_keys: { lb-1: { env: HOST_KEY_1 }, lb-2: [{ env: HOST_KEY_2 }, { file: other.key }] }
    host_certificates: { lb-1: lb-1-cert.pub }
services:
  - backends:
      - { name: k8s-1, address: 192.168.9.201 }
      - { name: k8s-2, address: 192.168.9.202 }
`;

/** What the file refers to, as `OverlayVariant.texts`. */
export const NETWORK_TEXTS: Readonly<Record<string, string>> = {
  $HOST_KEY_1: hostKey(1).privateText,
  $HOST_KEY_2: hostKey(2).privateText,
  '/cluster/other.key': hostKey(3).privateText.replaceAll('\n', '\r\n'),
  '/cluster/lb-1-cert.pub': hostCertificate(1, { principals: ['lb-1'] }),
};
