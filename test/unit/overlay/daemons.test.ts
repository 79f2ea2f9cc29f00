import { describe, expect, it } from 'vitest';
import type { ClusterModel } from '../../../scripts/cluster/model.ts';
import { renderNode } from '../../../scripts/overlay/render-node.ts';
import {
  modelOf,
  nodeOf,
  REFERENCE_FILE,
  TEMPLATES_ROOT,
} from '../../support/cluster/reference-model.ts';

const FAST = modelOf(
  REFERENCE_FILE.replace('vip: 192.168.9.139', 'vip: 192.168.9.139\n  profile: fast'),
);

async function entriesOf(cluster: ClusterModel) {
  const options = { templatesRoot: TEMPLATES_ROOT, release: 'r' };
  const tree = await renderNode(cluster, nodeOf(cluster), options);
  return new Map(tree.map((entry) => [entry.path, entry]));
}

async function textOf(cluster: ClusterModel, file: string): Promise<string> {
  const entry = (await entriesOf(cluster)).get(file);
  if (entry?.type !== 'file') throw new Error(`There is no file ${file}.`);
  return entry.content.toString('utf8');
}

describe('haproxy as master and worker', () => {
  it('is started so by a service of our own where keepalived counts its processes, and nowhere else', async () => {
    const fast = await textOf(FAST, 'etc/init.d/haproxy');
    expect(fast).toMatch(/^#!\/sbin\/openrc-run\n/);
    expect(fast).toContain(' -- -W -D -p "$pidfile" -f "$cfgfile"\n');
    expect(await textOf(FAST, 'etc/haproxy/haproxy.cfg')).not.toMatch(/master-worker/);
    expect((await entriesOf(modelOf(REFERENCE_FILE))).has('etc/init.d/haproxy')).toBe(false);
    const service = (await entriesOf(FAST)).get('etc/init.d/haproxy');
    expect(service).toMatchObject({ mode: 0o755 });
  });

  it.each([
    ['2.8', 'started once the ports are bound'],
    ['3.0.6-r0', 'started once the ports are bound'],
    ['3.2', 'two processes prove'],
    ['3.4.7-r0', 'two processes prove'],
  ])('of %s is said to be %s', async (haproxy, text) => {
    const daemons = { ...FAST.daemons, haproxy };
    expect(await textOf({ ...FAST, daemons }, 'etc/keepalived/keepalived.conf')).toContain(text);
  });

  it('has its ports bound before keepalived counts it, at the least patient of checks', async () => {
    const file = REFERENCE_FILE.replace(
      'vip: 192.168.9.139',
      'vip: 192.168.9.139\n  check: { track_process: true, interval: 1, timeout: 1, fall: 1 }',
    );
    const text = await textOf(modelOf(file), 'etc/keepalived/keepalived.conf');
    const delay = Number(/fork_delay (\d+)/.exec(text)?.[1]);
    // Measured with 3.4: bound 0.3 s after the worker was started, 1 s on a loaded machine.
    expect(delay).toBeGreaterThanOrEqual(2);
  });
});

describe('an IPv6 instance', () => {
  const addressesOf = async (vrrp: string): Promise<readonly string[]> => {
    const nodes = REFERENCE_FILE.replace('192.168.9.137/24', '"fd00::137/64"').replace(
      '192.168.9.138/24',
      '"fd00::138/64"',
    );
    const text = await textOf(
      modelOf(nodes.replace('vip: 192.168.9.139', vrrp)),
      'etc/keepalived/keepalived.conf',
    );
    const block = /virtual_ipaddress \{\n([^}]*)\}/.exec(text)?.[1] ?? '';
    return block.trim().split(/\s+/);
  };

  it.each([
    ['its own of the router', 'vip: "fd00::139/64"', ['fe80::200:5eff:fe00:233', 'fd00::139/64']],
    [
      'one per identity',
      'vip: "fd00::139/64"\n  virtual_router_id: 255',
      ['fe80::200:5eff:fe00:2ff', 'fd00::139/64'],
    ],
    [
      "the user's, where there is one",
      'vip: ["fd00::139/64", "fe80::99/64"]',
      ['fe80::99/64', 'fd00::139/64'],
    ],
    [
      'none in unicast adverts, which RFC 9568 does not know',
      'vip: "fd00::139/64"\n  unicast: true',
      ['fd00::139/64'],
    ],
  ])('has as its first address a link-local one: %s', async (_what, vrrp, addresses) => {
    expect(await addressesOf(vrrp)).toEqual(addresses);
  });
});
