import { describe, expect, test } from 'vitest';
import { planLan } from '../../../../scripts/boot/lan/plan.ts';
import { minimalFile, modelOf } from '../../../support/cluster/cluster-file.ts';

const NODE = { hostname: 'lb-1', address: '192.168.9.137/24' };

describe('planLan', () => {
  test('puts API servers where the cluster expects them and a client beside them', () => {
    expect(planLan(modelOf(minimalFile()))).toMatchObject({
      mtu: 1500,
      clients: ['192.168.9.254/24'],
      apiServers: [
        { name: 'k8s-1', address: '192.168.9.130', port: 6443 },
        { name: 'k8s-2', address: '192.168.9.131', port: 6443 },
        { name: 'k8s-3', address: '192.168.9.132', port: 6443 },
      ],
      frontends: [{ service: 'k8s-api', group: 'vip', address: '192.168.9.139', port: 6443 }],
    });
  });

  test('the client takes no address of the cluster file', () => {
    const nodes = [
      { ...NODE, gateway: '192.168.9.254' },
      { hostname: 'lb-2', address: '192.168.9.253/24', gateway: '192.168.9.254' },
    ];
    const plan = planLan(modelOf(minimalFile({ nodes })));
    expect(plan.clients).toEqual(['192.168.9.252/24']);
    expect(plan.gateways).toEqual(['192.168.9.254']);
  });

  test('a backend of two services is one server a port', () => {
    const backends = [{ name: 'k8s-1', address: '192.168.9.130' }];
    const plan = planLan(
      modelOf(
        minimalFile({
          services: [
            { name: 'k8s-api', port: 6443, backends },
            { name: 'rke2', port: 9345, backends },
          ],
        }),
      ),
    );
    expect(plan.apiServers).toEqual([
      { name: 'k8s-1', host: '192.168.9.130', address: '192.168.9.130', port: 6443 },
      { name: 'k8s-1:9345', host: '192.168.9.130', address: '192.168.9.130', port: 9345 },
    ]);
    expect(plan.frontends.map(({ port }) => port)).toEqual([6443, 9345]);
  });

  test('clients and API servers are in the VLAN that carries the VIP', () => {
    const nodes = [
      { ...NODE, vlan: 20 },
      { hostname: 'lb-2', address: '192.168.9.138/24', vlan: 20 },
    ];
    expect(planLan(modelOf(minimalFile({ nodes }))).vlan).toBe(20);
    expect(planLan(modelOf(minimalFile())).vlan).toBeUndefined();
  });

  test('backends by name get addresses of their own, and the name server where it is asked', () => {
    const backends = [
      { name: 'k8s-1', address: 'K8s-1.proof.test.' },
      { name: 'pool', address: 'all.proof.test', count: 9 },
      { name: 'plain', address: '192.168.9.253' },
    ];
    const network = { dns: ['192.168.9.1', '127.0.0.1', '192.168.9.137'] };
    const plan = planLan(modelOf(minimalFile({ service: { backends }, rest: { network } })));
    expect(plan.nameServers).toEqual([{ address: '192.168.9.1', port: 53 }]);
    expect(plan.names).toEqual([
      { name: 'k8s-1.proof.test', addresses: ['192.168.9.252'] },
      { name: 'all.proof.test', addresses: ['192.168.9.251', '192.168.9.250', '192.168.9.249'] },
    ]);
    expect(plan.clients).toEqual(['192.168.9.254/24']);
    expect(plan.apiServers.map(({ name, address }) => `${name} ${address}`)).toEqual([
      'k8s-1 192.168.9.252',
      'pool-1 192.168.9.251',
      'pool-2 192.168.9.250',
      'pool-3 192.168.9.249',
      'plain 192.168.9.253',
    ]);
  });

  test('says why names that only the nodes themselves know cannot be booted here', () => {
    const backends = [{ name: 'k8s-1', address: 'k8s-1.proof.test' }];
    const rest = { network: { dns: '127.0.0.1' } };
    const cluster = modelOf(minimalFile({ service: { backends }, rest }));
    expect(() => planLan(cluster)).toThrow(/no name server of the LAN/);
  });

  test('says why nodes that ask for their address cannot be booted here', () => {
    const nodes = [
      { hostname: 'lb-1', dhcp: true },
      { hostname: 'lb-2', dhcp: true },
    ];
    const cluster = modelOf(minimalFile({ nodes }));
    expect(() => planLan(cluster)).toThrow(/no static address/);
  });
});
