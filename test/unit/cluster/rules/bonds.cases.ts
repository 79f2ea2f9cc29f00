import { lb1, lb2 } from './rule-case.ts';
import type { RuleCase } from './rule-case.ts';

const withBond = (bond: Record<string, unknown>, node: Record<string, unknown> = {}) => ({
  nodes: [{ ...lb1, bond, ...node }, lb2],
});

export const BOND_CASES: readonly RuleCase[] = [
  {
    code: 'bond',
    what: 'a bond that is called like its member',
    bad: withBond({ members: ['eth0', 'eth1'] }, { interface: 'eth0' }),
    finding: ['error nodes[0].bond.members[0]', 'cannot be a member of itself'],
    good: withBond({ members: ['eth0', 'eth1'] }),
  },
  {
    code: 'bond',
    what: 'a member with an address of its own',
    bad: withBond(
      { members: ['eth0', 'eth1'] },
      { interfaces: [{ name: 'eth1', address: '10.0.0.7/24' }] },
    ),
    finding: ['error nodes[0].bond.members[1]', 'an interface of its own'],
    good: withBond(
      { members: ['eth0', 'eth1'] },
      { interfaces: [{ name: 'bond0', vlan: 20, address: '10.0.0.7/24' }] },
    ),
  },
  {
    code: 'bond',
    what: 'a card in two bonds',
    bad: withBond(
      { members: ['eth0', 'eth1'] },
      {
        interfaces: [
          { name: 'bond1', address: '10.0.0.7/24', bond: { members: ['eth2', 'eth1'] } },
        ],
      },
    ),
    finding: ['error nodes[0].interfaces[0].bond.members[1]', 'a member of bond0 already'],
    good: withBond(
      { members: ['eth0', 'eth1'] },
      {
        interfaces: [
          { name: 'bond1', address: '10.0.0.7/24', bond: { members: ['eth2', 'eth3'] } },
        ],
      },
    ),
  },
  {
    code: 'bond',
    what: 'one bond described in two ways',
    bad: withBond(
      { members: ['eth0', 'eth1'] },
      {
        vlan: 10,
        interfaces: [
          { name: 'bond0', vlan: 20, address: '10.0.0.7/24', bond: { members: ['eth0', 'eth2'] } },
        ],
      },
    ),
    finding: ['error nodes[0].interfaces[0].bond', 'twice, in two ways'],
    good: withBond(
      { members: ['eth0', 'eth1'] },
      { vlan: 10, interfaces: [{ name: 'bond0', vlan: 20, address: '10.0.0.7/24' }] },
    ),
  },
  {
    code: 'bond',
    what: 'options of the other mode',
    bad: withBond({ members: ['eth0', 'eth1'], lacp_rate: 'fast' }),
    finding: ['error nodes[0].bond.lacp_rate', 'in mode 802.3ad alone'],
    good: withBond({ mode: '802.3ad', members: ['eth0', 'eth1'], lacp_rate: 'fast' }),
  },
  {
    code: 'bond',
    what: 'a primary that is not a member',
    bad: withBond({ members: ['eth0', 'eth1'], primary: 'eth2' }),
    finding: ['error nodes[0].bond.primary', 'not a member of bond0'],
    good: withBond({ members: ['eth0', 'eth1'], primary: 'eth1' }),
  },
  {
    code: 'bond',
    what: 'a bond of one member',
    bad: withBond({ members: ['eth0'] }),
    finding: ['warning nodes[0].bond.members', 'nothing takes over'],
    good: withBond({ members: ['eth0', 'eth1'] }),
  },
  {
    code: 'bond',
    what: 'a VLAN of a larger MTU than what carries it',
    bad: withBond(
      { members: ['eth0', 'eth1'] },
      { interfaces: [{ name: 'bond0', vlan: 20, mtu: 9000, address: '10.0.0.7/24' }] },
    ),
    finding: ['error nodes[0].interfaces[0].mtu', 'and bond0, which carries it, of 1500'],
    good: withBond(
      { members: ['eth0', 'eth1'] },
      { mtu: 9000, interfaces: [{ name: 'bond0', vlan: 20, mtu: 9000, address: '10.0.0.7/24' }] },
    ),
  },
];
