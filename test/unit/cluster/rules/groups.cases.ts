import { lb1, lb2 } from './rule-case.ts';
import { server } from './rule-case.ts';
import type { RuleCase } from './rule-case.ts';

const BACKENDS = [server('k8s-1', '192.168.9.130'), server('k8s-2', '192.168.9.131')];
const API = { name: 'api', vip: '192.168.9.139', owner: 'lb-1' };
const WEB = { name: 'web', vip: '192.168.9.140', owner: 'lb-2' };
const SERVICES = [
  { name: 'api', vrrp: 'api', backends: BACKENDS },
  { name: 'web', vrrp: 'web', port: 443, backends: BACKENDS },
];

/** Two groups; `minimalFile` knows one, so the list comes by `rest`. */
function groups(api: object = {}, web: object = {}, more: object = {}) {
  const vrrp = [
    { ...API, ...api },
    { ...WEB, ...web },
  ];
  return { services: SERVICES, rest: { vrrp, ...more } };
}

const GOOD = groups();

export const GROUPS_CASES: readonly RuleCase[] = [
  {
    code: 'vrrp-groups',
    what: 'a group without a name among several',
    bad: groups({}, { name: undefined }),
    finding: ['error vrrp[1]', 'each needs a name'],
    good: GOOD,
  },
  {
    code: 'vrrp-groups',
    what: 'two groups of one name',
    bad: groups({}, { name: 'api' }),
    finding: ['error vrrp[1].name', 'two VRRP groups have the name api'],
    good: GOOD,
  },
  {
    code: 'vrrp-groups',
    what: 'an owner that is not a node',
    bad: groups({ owner: 'lb-3' }),
    finding: ['error vrrp[0].owner', 'there is no node lb-3'],
    good: GOOD,
  },
  {
    code: 'vrrp-groups',
    what: 'priorities of what is not a node',
    bad: groups({ priorities: { 'lb-1': 101, 'lb-9': 100 } }),
    finding: ['error vrrp[0].priorities.lb-9', 'there is no node lb-9'],
    good: groups({ priorities: { 'lb-1': 101, 'lb-2': 100 } }),
  },
  {
    code: 'vrrp-groups',
    what: 'a service that does not say which group carries it',
    bad: { ...GOOD, services: [{ name: 'api', backends: BACKENDS }, SERVICES[1] ?? {}] },
    finding: ['error services[0]', 'does not say which VRRP group carries it'],
    good: GOOD,
  },
  {
    code: 'vrrp-groups',
    what: 'a service of a group that is not there',
    bad: { service: { vrrp: 'web' }, vrrp: { name: 'api' } },
    finding: ['error services[0].vrrp', 'VRRP group web, which is not there'],
    good: { service: { vrrp: 'api' }, vrrp: { name: 'api' } },
  },
  {
    code: 'vrrp-groups',
    what: 'a group that carries nothing',
    bad: { ...GOOD, services: [{ name: 'api', vrrp: 'api', backends: BACKENDS }] },
    finding: ['error vrrp[1]', 'nothing answers at its VIP'],
    good: GOOD,
  },
  {
    code: 'vrrp-groups',
    what: 'a setting of the whole daemon that groups do not agree on',
    bad: groups({ process_priority: -20 }, { process_priority: 0 }),
    finding: ['error vrrp[1].process_priority', 'vrrp[0].process_priority says otherwise'],
    good: groups({ process_priority: -20, check: { weight: 2 } }, { check: { weight: 3 } }),
  },
  {
    code: 'duplicate',
    what: 'one virtual_router_id twice on a LAN',
    bad: groups({ virtual_router_id: 60 }, { virtual_router_id: 60 }),
    finding: ['error vrrp[1].virtual_router_id', 'also that of the group api on the same LAN'],
    good: groups({ virtual_router_id: 52 }),
  },
  {
    code: 'duplicate',
    what: 'one VIP in two groups',
    bad: groups({}, { vip: '192.168.9.139' }),
    finding: ['error vrrp[1].vip[0]', 'is given twice'],
    good: GOOD,
  },
  {
    code: 'vip-subnet',
    what: 'a VIP outside the subnet of its own group’s interface',
    bad: groups({}, { vip: '10.1.0.9' }),
    finding: ['error vrrp[1].vip', 'outside the subnet of eth0'],
    good: {
      ...groups({}, { vip: '10.1.0.9', interface: 'eth1' }),
      nodes: [
        { ...lb1, interfaces: [{ name: 'eth1', address: '10.1.0.7/24' }] },
        { ...lb2, interfaces: [{ name: 'eth1', address: '10.1.0.8/24' }] },
      ],
    },
  },
  {
    code: 'roles',
    what: 'a rank of a node that would be the same in each group',
    bad: { ...GOOD, nodes: [{ ...lb1, priority: 101 }, lb2] },
    finding: ['error nodes[0].priority', 'a node has no one priority'],
    good: GOOD,
  },
  {
    code: 'roles',
    what: 'an owner with the role BACKUP',
    bad: { nodes: [{ ...lb1, role: 'BACKUP' }, lb2], vrrp: { owner: 'lb-1' } },
    finding: ['error vrrp.owner', 'owns the group and has the role BACKUP'],
    good: { nodes: [{ ...lb1, role: 'MASTER' }, lb2], vrrp: { owner: 'lb-1' } },
  },
  {
    code: 'roles',
    what: 'an owner that another node outranks, although all start as BACKUP',
    bad: { vrrp: { owner: 'lb-2', nopreempt: true, priorities: { 'lb-1': 150, 'lb-2': 100 } } },
    finding: ['error vrrp.owner', 'owns the group with priority 100, and lb-1 has 150'],
    good: { vrrp: { owner: 'lb-2', nopreempt: true } },
  },
];

const script = (changes: object) => ({ scripts: [{ name: 'own', run: 'true', ...changes }] });
const gatewayed = [
  { ...lb1, gateway: '192.168.9.1' },
  { ...lb2, gateway: '192.168.9.1' },
];
const FOUND = { modes: { '/site/files/etc/own.sh': 0o644, '/site/files/etc/good.sh': 0o755 } };

export const SCRIPT_CASES: readonly RuleCase[] = [
  {
    code: 'track-script',
    what: 'a script without a command',
    bad: { vrrp: { scripts: [{ name: 'own' }] } },
    finding: ['error vrrp.scripts[0]', 'neither run nor gateway'],
    good: { vrrp: script({}) },
  },
  {
    code: 'track-script',
    what: 'a name of no script',
    bad: { vrrp: { scripts: ['uplink'] } },
    finding: ['error vrrp.scripts[0]', 'there is no track script uplink'],
    good: { vrrp: script({}) },
  },
  {
    code: 'track-script',
    what: 'two scripts of one name that differ',
    bad: { vrrp: { scripts: [...script({}).scripts, { name: 'own', run: 'false' }] } },
    finding: ['error vrrp.scripts[1]', 'two track scripts have the name own'],
    good: { vrrp: script({}) },
  },
  {
    code: 'track-script',
    what: 'a timeout as long as the interval',
    bad: { vrrp: script({ interval: 4, timeout: 4 }) },
    finding: ['error vrrp.scripts[0].timeout', 'is given 4 s and runs every 4 s'],
    good: { vrrp: script({ interval: 4, timeout: 3 }) },
  },
  {
    code: 'track-script',
    what: 'a gateway that the file does not have',
    bad: { vrrp: { scripts: [{ name: 'gw', gateway: true }] } },
    finding: ['error vrrp.scripts[0].gateway', 'lb-1 has none'],
    good: { nodes: gatewayed, vrrp: { scripts: [{ name: 'gw', gateway: true }] } },
  },
  {
    code: 'track-script',
    what: 'a file that is not in the overlay',
    bad: { vrrp: script({ run: '/etc/lost.sh -v' }), rest: { overlay: 'files' } },
    finding: ['error vrrp.scripts[0].run', '/etc/lost.sh is not in the image'],
    good: { vrrp: script({ run: '/etc/good.sh -v' }), rest: { overlay: 'files' } },
    world: FOUND,
  },
  {
    code: 'track-script',
    what: 'a file that cannot be executed',
    bad: { vrrp: script({ run: '/etc/own.sh' }), rest: { overlay: 'files' } },
    finding: ['error vrrp.scripts[0].run', 'is not executable'],
    good: { vrrp: script({ run: '/usr/bin/test -e /run/x' }), rest: { overlay: 'files' } },
    world: FOUND,
  },
  {
    code: 'track-script',
    what: 'a file of the overlay that this account may not look at',
    bad: { vrrp: script({ run: '/etc/good.sh' }), rest: { overlay: 'shut' } },
    finding: ['error vrrp.scripts[0].run', 'cannot be looked at: permission denied'],
    good: { vrrp: script({ run: '/etc/good.sh' }), rest: { overlay: 'files' } },
    world: { ...FOUND, closed: ['/site/shut/etc/good.sh'] },
  },
  {
    code: 'script-user',
    what: 'an account that is not there',
    bad: { vrrp: script({ user: 'checker' }) },
    finding: ['error vrrp.scripts[0].user', 'has no account checker'],
    good: { vrrp: script({ user: 'nobody' }) },
  },
  {
    code: 'script-user',
    what: 'a ping that may not open its socket',
    bad: { vrrp: { scripts: [{ name: 'gw', gateway: '192.168.9.1', user: 'nobody' }] } },
    finding: ['error vrrp.scripts[0].user', 'raw socket'],
    good: { vrrp: { scripts: [{ name: 'gw', gateway: '192.168.9.1' }] } },
  },
  {
    code: 'shared-fault',
    what: 'a gateway whose silence takes the VIP from every node',
    bad: { vrrp: { scripts: [{ name: 'gw', gateway: '192.168.9.1', weight: 0 }] } },
    finding: ['warning vrrp.scripts[0]', 'nobody holds the VIP'],
    good: { vrrp: { scripts: [{ name: 'gw', gateway: '192.168.9.1' }] } },
  },
  {
    code: 'flap',
    what: 'a script that asks an API server',
    bad: { vrrp: script({ run: 'nc -z 192.168.9.130 6443' }) },
    finding: ['warning vrrp.scripts[0].run', 'tests the API servers'],
    good: { vrrp: script({ run: 'nc -z 192.168.9.1 53' }) },
  },
  {
    code: 'weight-gap',
    what: 'a script that outweighs no gap',
    bad: { vrrp: script({ weight: 1 }) },
    finding: ['error vrrp.scripts[0]', 'own moves nothing'],
    good: { vrrp: script({ weight: -2 }) },
  },
  {
    code: 'weight-gap',
    what: 'scripts that outweigh a dead haproxy',
    bad: { vrrp: { ...script({ weight: 20 }), check: { weight: 10 } } },
    finding: ['error vrrp.check.weight', 'nobody is served'],
    good: { vrrp: { ...script({ weight: 20 }), check: { weight: 22 } } },
  },
  {
    code: 'weight-gap',
    what: 'weights that push both nodes against 254',
    bad: { vrrp: { check: { weight: 200 } } },
    finding: ['error vrrp.check.weight', 'both come to 254'],
    good: { vrrp: { check: { weight: 100 } } },
  },
  {
    code: 'weight-gap',
    what: 'weights that push both nodes against 1',
    bad: { vrrp: script({ weight: -120 }) },
    finding: ['error vrrp.scripts', 'both come to 1'],
    good: { vrrp: script({ weight: -50 }) },
  },
  {
    code: 'weight-gap',
    what: 'a script that moves nothing with nopreempt',
    bad: { vrrp: { ...script({ weight: 5 }), nopreempt: true } },
    finding: ['error vrrp.scripts[0]', 'with weight 5 moves nothing'],
    good: { vrrp: { ...script({}), nopreempt: true } },
  },
];
