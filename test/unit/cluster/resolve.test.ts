import { describe, expect, test } from 'vitest';
import { minimalFile, modelOf } from '../../support/cluster/cluster-file.ts';
import { TEST_CA } from '../../support/cluster/overlay-variants.ts';

const lb = (number: number, more: object = {}) => ({
  hostname: `lb-${number}`,
  address: `192.168.9.${number}/24`,
  ...more,
});

describe('roles and priorities', () => {
  const ranks = (nodes: readonly object[], vrrp: object = {}) =>
    modelOf(
      minimalFile({ nodes: nodes.map((node) => ({ ...node })), vrrp: { ...vrrp } }),
    ).vrrp.groups[0].members.map(({ role, priority }) => `${role} ${priority}`);

  test('come from the order', () => {
    expect(ranks([lb(1), lb(2), lb(3)])).toEqual(['MASTER 101', 'BACKUP 100', 'BACKUP 99']);
  });

  test('a role that is written decides', () => {
    expect(ranks([lb(1), lb(2, { role: 'MASTER' })])).toEqual(['BACKUP 100', 'MASTER 101']);
    expect(ranks([lb(1, { role: 'BACKUP' }), lb(2)])).toEqual(['BACKUP 100', 'MASTER 101']);
  });

  test('a priority that is written decides who is MASTER', () => {
    expect(ranks([lb(1, { priority: 100 }), lb(2, { priority: 101 })])).toEqual([
      'BACKUP 100',
      'MASTER 101',
    ]);
  });

  test('the MASTER gets more than any priority that is written', () => {
    expect(ranks([lb(1, { role: 'MASTER' }), lb(2, { priority: 150 })])).toEqual([
      'MASTER 151',
      'BACKUP 150',
    ]);
  });

  test('BACKUPs stay below a low MASTER and apart from each other', () => {
    expect(
      ranks([lb(1, { role: 'MASTER', priority: 50 }), lb(2, { priority: 49 }), lb(3)]),
    ).toEqual(['MASTER 50', 'BACKUP 49', 'BACKUP 48']);
  });

  test('with nopreempt or preempt_delay all start as BACKUP', () => {
    expect(ranks([lb(1), lb(2)], { nopreempt: true })).toEqual(['BACKUP 101', 'BACKUP 100']);
    expect(ranks([lb(1), lb(2)], { preempt: false })).toEqual(['BACKUP 101', 'BACKUP 100']);
    expect(ranks([lb(1), lb(2)], { preempt_delay: 5 })).toEqual(['BACKUP 101', 'BACKUP 100']);
  });
});

describe("the check's weight", () => {
  const weightOf = (nodes: readonly object[], vrrp: object = {}) =>
    modelOf(minimalFile({ nodes: nodes.map((node) => ({ ...node })), vrrp: { ...vrrp } })).vrrp
      .groups[0].checkWeight;

  test('bridges the gaps of however many nodes', () => {
    expect(weightOf([lb(1), lb(2)])).toBe(2);
    expect(weightOf([lb(1), lb(2), lb(3), lb(4)])).toBe(4);
    expect(weightOf([lb(1, { priority: 150 }), lb(2, { priority: 100 })])).toBe(51);
  });

  test('is a fault with nopreempt', () => {
    expect(weightOf([lb(1), lb(2)], { nopreempt: true })).toBe(0);
  });
});

describe('the fast profile', () => {
  test('chooses version 3, quick adverts and a quick port check', () => {
    const { vrrp } = modelOf(minimalFile({ vrrp: { profile: 'fast' } }));
    expect(vrrp).toMatchObject({
      groups: [
        {
          version: 3,
          advertInt: 0.1,
          garp: { masterDelay: 1, masterRefresh: 10 },
          checkWeight: 2,
        },
      ],
      garpAfterSplit: true,
      processPriority: -20,
      check: { probe: 'port', interval: 3, timeout: 2, fall: 2, rise: 1 },
    });
    expect(vrrp.check.trackProcess).toBe(true);
  });

  test('ends sessions with their server, which is asked more often', () => {
    const { haproxy, services } = modelOf(minimalFile({ vrrp: { profile: 'fast' } }));
    expect(haproxy).toMatchObject({ retries: 3, redispatch: true, tcpKeepalive: true });
    expect(haproxy.timeouts).toMatchObject({ connect: '2s', client: '86400s' });
    expect(services[0]?.defaultServer).toMatchObject({
      inter: '1s',
      downinter: '1s',
      fall: 3,
      shutdownSessionsOnDown: true,
    });
  });

  test('ranks nodes as high as the weight of their checks leaves room for', () => {
    const ranks = (count: number, vrrp: object = {}, more: object = {}) =>
      modelOf(
        minimalFile({
          nodes: Array.from({ length: count }, (_, index) => lb(index + 1, more)),
          vrrp: { profile: 'fast', ...vrrp },
        }),
      ).vrrp.groups[0].members.map(({ priority }) => priority);
    expect(ranks(2)).toEqual([250, 249]);
    expect(ranks(6)).toEqual([248, 247, 246, 245, 244, 243]);
    expect(ranks(2, { check: { weight: 20 } })).toEqual([234, 233]);
    expect(ranks(2, { check: { weight: 153 } })).toEqual([101, 100]);
  });

  test('stays with the usual numbers where a priority is written', () => {
    const nodes = [lb(1, { priority: 110 }), lb(2)];
    const model = modelOf(minimalFile({ nodes, vrrp: { profile: 'fast' } }));
    expect(model.vrrp.groups[0].members.map(({ priority }) => priority)).toEqual([110, 100]);
  });

  test('never changes what is written', () => {
    const written = {
      version: 2,
      advert_int: 2,
      garp_master_delay: 7,
      process_priority: 0,
      check: { probe: 'process', interval: 3, fall: 4, track_process: false },
    };
    const rest = { haproxy: { redispatch: false, default_server: { inter: '7s' } } };
    const model = modelOf(minimalFile({ vrrp: { profile: 'fast', ...written }, rest }));
    expect(model.haproxy.redispatch).toBe(false);
    expect(model.services[0]?.defaultServer).toMatchObject({ inter: '7s', fall: 3 });
    expect(model.vrrp).toMatchObject({
      groups: [{ garp: { masterDelay: 7 }, version: 2, advertInt: 2 }],
      processPriority: 0,
      check: { probe: 'process', interval: 3, fall: 4, rise: 1, trackProcess: false },
    });
  });
});

describe('repositories', () => {
  const repositoriesOf = (alpine: object) =>
    modelOf(minimalFile({ rest: { alpine } })).alpine.repositories;

  test('names stand below every mirror and the branch', () => {
    const mirror = ['https://one.example/alpine/', './mirror', '/srv/alpine'];
    expect(repositoriesOf({ mirror, branch: 'v3.23', repositories: ['main'] })).toEqual([
      {
        name: 'main',
        tag: undefined,
        bases: [
          'https://one.example/alpine/v3.23/main',
          '/site/mirror/v3.23/main',
          '/srv/alpine/v3.23/main',
        ],
      },
    ]);
  });

  test('whole places stand for themselves, get a name of their own, and may be pinned', () => {
    const repositories = ['main', './repo/main', '@edge https://x.example/edge/testing/', '/'];
    expect(repositoriesOf({ repositories }).slice(1)).toEqual([
      { name: 'main-2', tag: undefined, bases: ['/site/repo/main'] },
      { name: 'testing', tag: 'edge', bases: ['https://x.example/edge/testing'] },
      { name: 'repository', tag: undefined, bases: ['/'] },
    ]);
  });
});

describe('services', () => {
  test('values of a service win over those of haproxy, key by key', () => {
    const { services } = modelOf(
      minimalFile({
        service: { default_server: { inter: '2s' }, timeouts: { queue: '5s' } },
        rest: { haproxy: { default_server: { inter: '3s', fall: 3 } } },
      }),
    );
    expect(services[0]).toMatchObject({
      defaultServer: { inter: '2s', fall: 3, rise: 2 },
      timeouts: { queue: '5s' },
    });
  });

  test.each([
    ['tcp', { type: 'tcp' }],
    ['none', { type: 'none' }],
    ['https', https({})],
    [
      { type: 'https', expect: [200, 401], host: 'api' },
      https({ expect: [200, 401], host: { header: 'api', serverName: 'api' } }),
    ],
    [{ type: 'https', path: '/livez', ca: 'ca.crt' }, https({ path: '/livez', ca: TEST_CA })],
  ])('the check %j', (check, expected) => {
    const world = { files: { '/site/ca.crt': TEST_CA } };
    expect(modelOf(minimalFile({ service: { check } }), world).services[0]?.check).toEqual(
      expected,
    );
  });
});

function https(values: object) {
  return {
    type: 'https',
    path: '/readyz',
    host: undefined,
    expect: [200],
    headers: {},
    ca: undefined,
    ...values,
  };
}

test('paths are absolute in the model, from the folder of the file', () => {
  const cluster = modelOf(
    minimalFile({ rest: { overlay: './mine', alpine: { keys: '/etc/keys', aports: 'aports' } } }),
  );
  expect(cluster.overlayFolder).toBe('/site/mine');
  expect(cluster.alpine).toMatchObject({ keysFolder: '/etc/keys', aports: '/site/aports' });
});
