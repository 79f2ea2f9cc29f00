import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderNode } from '../../../scripts/overlay/render-node.ts';
import { writeTree } from '../../../scripts/overlay/write-tree.ts';
import { OVERLAY_VARIANTS } from '../../support/overlay-variants.ts';
import type { OverlayVariant } from '../../support/overlay-variants.ts';
import { modelOf, TEMPLATES_ROOT } from '../../support/reference-model.ts';
import { requireTools } from '../../support/require-tools.ts';
import { temporaryFolder } from '../../support/test-host.ts';

/**
 * Puts the tree's etc/ folders in the place of the host's, inside namespaces of its own: the daemons read the
 * files under the very paths and find the very accounts that the appliance has.
 */
const IN_THE_APPLIANCE = `
set -e
tree=$1; shift
for name in haproxy keepalived; do
  test -d "$tree/etc/$name" && mount --bind "$tree/etc/$name" "/etc/$name"
done
mount --bind "$tree/etc/passwd" /etc/passwd
mount --bind "$tree/etc/group" /etc/group
for name in eth0 eth0.20 eth1; do ip link add "$name" type bridge; done
exec "$@"
`;

const toolsThere = requireTools('unshare', 'ip', 'haproxy', 'keepalived', 'nft');

async function treeOf({ file, texts }: OverlayVariant, index: number): Promise<string> {
  const cluster = modelOf(file, texts);
  const node = cluster.nodes[index];
  if (node === undefined) throw new Error(`The variant has no node ${index}.`);
  const tree = await renderNode(cluster, node, { templatesRoot: TEMPLATES_ROOT, release: 'test' });
  const folder = temporaryFolder();
  await writeTree(folder, tree);
  return folder;
}

function inAppliance(tree: string, ...command: readonly string[]) {
  const args = ['-Urnm', 'sh', '-c', IN_THE_APPLIANCE, 'sh', tree, ...command];
  const { status, stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

const CASES = OVERLAY_VARIANTS.flatMap((variant) =>
  [0, 1].map((index) => ({ ...variant, name: `${variant.name}, node ${index + 1}`, index })),
);
/** For files that are the same on all nodes. */
const ONE_NODE = CASES.filter(({ index }) => index === 0);

describe.runIf(toolsThere)('the daemons accept what is rendered', () => {
  it.each(ONE_NODE)('haproxy: $name', async ({ index, ...variant }) => {
    const tree = await treeOf(variant, index);
    const result = inAppliance(tree, 'haproxy', '-c', '-f', '/etc/haproxy/haproxy.cfg');
    expect(result.text).not.toMatch(/WARNING|ALERT|NOTICE/);
    expect(result.status).toBe(0);
  });

  it.each(CASES)('keepalived: $name', async ({ index, ...variant }) => {
    const tree = await treeOf(variant, index);
    const result = inAppliance(tree, 'keepalived', '--config-test', '--log-console', '--dont-fork');
    expect(result.text).not.toMatch(/unknown|warning|disabl|invalid|ignor|missing|not found/i);
    expect(result.status).toBe(0);
  });

  it.each(CASES)('nft: $name', async ({ index, ...variant }) => {
    const tree = await treeOf(variant, index);
    const rules = path.join(tree, 'etc/nftables.nft');
    if (!modelOf(variant.file, variant.texts).firewall.enabled) return;
    expect(inAppliance(tree, 'nft', '--check', '--file', rules)).toEqual({ status: 0, text: '' });
  });
});

describe.runIf(requireTools('shellcheck'))('the shell scripts', () => {
  it.each(ONE_NODE)('shellcheck: $name', async ({ index, ...variant }) => {
    const tree = await treeOf(variant, index);
    const result = spawnSync(
      'shellcheck',
      [
        '--shell=sh',
        '--exclude=SC2034',
        'etc/keepalived/chk_haproxy.sh',
        'etc/conf.d/syslog',
        'etc/conf.d/haproxy',
        'etc/conf.d/keepalived',
      ],
      { cwd: tree, encoding: 'utf8' },
    );
    expect({ status: result.status, text: result.stdout }).toEqual({ status: 0, text: '' });
  });
});
