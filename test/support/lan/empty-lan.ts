import type { LanPlan } from '../../../scripts/boot/lan/plan.ts';

/** A LAN with one API server and a client, and no machines. */
export const EMPTY_LAN: LanPlan = {
  mtu: 1500,
  vlan: undefined,
  clients: ['192.168.9.254/24'],
  managers: [],
  gateways: ['192.168.9.1'],
  apiServers: [{ name: 'k8s-1', host: '192.168.9.130', address: '192.168.9.130', port: 6443 }],
  nameServers: [{ address: '192.168.9.53', port: 53 }],
  names: [{ name: 'k8s.example.org', addresses: ['192.168.9.130', 'fd00::130'] }],
  frontends: [{ service: 'k8s-api', group: 'vip', address: '192.168.9.139', port: 6443 }],
};
