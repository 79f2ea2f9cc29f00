import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { orderText } from '../../../scripts/rollout/order-text.ts';
import { rolloutOrder } from '../../../scripts/rollout/order.ts';
import { PLATFORMS, swapCommands } from '../../../scripts/rollout/platforms.ts';
import { countServers } from '../../../scripts/rollout/watch/probe.ts';
import { modelOf, REFERENCE_FILE } from '../../support/cluster/reference-model.ts';

const CLUSTER = modelOf(REFERENCE_FILE);

function images(release: string, digit: string) {
  return CLUSTER.nodes.map(({ hostname }) => ({
    node: hostname,
    path: `/srv/${release}/${hostname}.iso`,
    sha256: digit.repeat(64),
  }));
}

describe('the order of a rollout', () => {
  it('is the BACKUP first, and the old images for the way back', () => {
    const order = rolloutOrder(CLUSTER, { from: images('old', 'a'), to: images('new', 'b') });
    expect(order.steps.map(({ node, holds, image, back }) => [node, holds, image, back])).toEqual([
      ['lb-2', false, '/srv/new/lb-2.iso', '/srv/old/lb-2.iso'],
      ['lb-1', true, '/srv/new/lb-1.iso', '/srv/old/lb-1.iso'],
    ]);
    expect(order.preferred).toBe('lb-1');
    const text = orderText(order, ['libvirt']).join('\n');
    expect(text.indexOf('virsh shutdown lb-2')).toBeLessThan(text.indexOf('virsh shutdown lb-1'));
    expect(text).toContain('lb-1: /srv/old/lb-1.iso');
  });

  it('leaves out nodes whose image is the same', () => {
    const [first, second] = images('new', 'b');
    const from = [first, { ...second, sha256: 'a'.repeat(64) }].filter((it) => it !== undefined);
    const order = rolloutOrder(CLUSTER, { from: from as never, to: images('new', 'b') });
    expect(order.steps.map(({ node }) => node)).toEqual(['lb-2']);
    const none = rolloutOrder(CLUSTER, { from: images('new', 'b'), to: images('new', 'b') });
    expect(orderText(none, [])).toEqual(['Every node has the image of this release already.']);
  });
});

describe.each(PLATFORMS)('the commands for %s', (platform) => {
  it('are lines of sh, whatever is in a name', () => {
    const image = "/srv/it's new/lb-1.iso";
    const { shutDown, insert, start } = swapCommands(platform, {
      ...{ node: 'lb-1', image, sha256: 'b'.repeat(64) },
    });
    const script = [...shutDown, ...insert, ...start].join('\n');
    expect(spawnSync('sh', ['-n', '-c', script]).status).toBe(0);
    expect(script).toContain('lb-1');
  });
});

describe('statistics of haproxy', () => {
  it('tell how many servers are up', () => {
    const csv = [
      '# pxname,svname,qcur,status,weight,',
      'api,FRONTEND,,OPEN,,',
      'api,k8s-1,0,UP,100,',
      'api,k8s-2,0,DOWN,100,',
      'api,k8s-3,0,UP 1/2,100,',
      'api,BACKEND,0,UP,300,',
      '',
    ].join('\n');
    expect(countServers(csv)).toEqual({ up: 2, all: 3 });
    expect(countServers('<html>')).toBeUndefined();
  });
});
