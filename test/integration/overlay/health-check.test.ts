import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderNode } from '../../../scripts/overlay/render-node.ts';
import { writeTree } from '../../../scripts/overlay/write-tree.ts';
import { OVERLAY_VARIANTS } from '../../support/cluster/overlay-variants.ts';
import { modelOf, nodeOf, TEMPLATES_ROOT } from '../../support/cluster/reference-model.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { temporaryFolder } from '../../support/host/test-host.ts';

/**
 * Runs the rendered check against a living, a hung and a dead haproxy, with busybox's applets as on the
 * appliance, in namespaces of its own. Prints one exit code per line.
 */
const SCRIPT = `
tree=$1
mkdir "$tree/bin"
for applet in nc timeout killall pidof; do ln -s "$(command -v busybox)" "$tree/bin/$applet"; done
check() { PATH="$tree/bin" "$tree/etc/keepalived/chk_haproxy.sh" >/dev/null 2>&1; echo $?; }
ip link set lo up
haproxy -db -f "$tree/etc/haproxy/haproxy.cfg" >/dev/null 2>&1 &
pid=$!
tries=0
until busybox nc 127.0.0.1 6443 </dev/null >/dev/null 2>&1 || [ $((tries += 1)) -gt 100 ]; do sleep 0.1; done
check
busybox killall -STOP haproxy; check
busybox killall -KILL haproxy; wait $pid 2>/dev/null; check
`;

const NEEDS = ['unshare', 'ip', 'haproxy', 'busybox'];

async function exitCodes(variant: string): Promise<readonly string[]> {
  const found = OVERLAY_VARIANTS.find(({ name }) => name === variant);
  const cluster = modelOf(found?.file ?? '', found?.texts);
  const options = { templatesRoot: TEMPLATES_ROOT, release: 'test' };
  const folder = temporaryFolder();
  await writeTree(folder, await renderNode(cluster, nodeOf(cluster), options));
  dropPrivileged(path.join(folder, 'etc/haproxy/haproxy.cfg'));
  const args = ['-Urnpf', '--mount-proc', 'sh', '-c', SCRIPT, 'sh', folder];
  const { stdout } = spawnSync('unshare', args, { encoding: 'utf8' });
  return stdout.trim().split('\n');
}

/** A namespace of one account has no haproxy user to become, and cannot raise its limits. */
function dropPrivileged(file: string): void {
  const lines = readFileSync(file, 'utf8').split('\n');
  const kept = lines.filter(
    (line) => !/^ {4}(user|group|chroot|stats socket \/\S+|log|maxconn) /.test(line),
  );
  writeFileSync(file, kept.join('\n'));
}

describe.runIf(requireTools(...NEEDS))('the check script', () => {
  it('by port tells a living haproxy from a hung and from a dead one', async () => {
    const [living, hung, dead] = await exitCodes('fast profile');
    expect(living).toBe('0');
    expect(hung).not.toBe('0');
    expect(dead).not.toBe('0');
  });

  it('by process tells a living haproxy from a dead one', async () => {
    const [living, , dead] = await exitCodes('reference');
    expect(living).toBe('0');
    expect(dead).not.toBe('0');
  });
});
