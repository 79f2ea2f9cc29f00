import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ClusterModel } from '../../scripts/cluster/model.ts';
import { renderNode } from '../../scripts/overlay/render-node.ts';
import { writeTree } from '../../scripts/overlay/write-tree.ts';
import { nodeOf, TEMPLATES_ROOT } from './cluster/reference-model.ts';
import { temporaryFolder } from './host/test-host.ts';

/** API servers at 192.168.9.130 and .131 that answer with the address of the proxy that asks. */
function serversFile(ports: readonly number[]): string {
  const binds = ports.flatMap((port) => [130, 131].map((host) => `192.168.9.${host}:${port}`));
  return `
defaults
    mode http
    timeout client 5s
    timeout server 5s
    timeout connect 5s
frontend servers
    bind ${binds.join(',')}
    http-request return status 200 content-type text/plain lf-string "%[src]"
`;
}

/**
 * Renders the nodes of a cluster and runs a script of a LAN in namespaces of one account. The script gets the folder, which
 * has a tree for each node and `servers.cfg`, and `args`.
 *
 * @returns the lines that it printed
 */
export async function seenOnLan(
  cluster: ClusterModel,
  {
    lan,
    args,
    ports,
  }: { readonly lan: string; readonly args: readonly string[]; readonly ports: readonly number[] },
): Promise<readonly string[]> {
  const folder = temporaryFolder();
  for (const [index, { hostname }] of cluster.nodes.entries()) {
    const options = { templatesRoot: TEMPLATES_ROOT, release: 'test' };
    const tree = path.join(folder, hostname);
    await writeTree(tree, await renderNode(cluster, nodeOf(cluster, index), options));
    dropPrivileged(path.join(tree, 'etc/haproxy/haproxy.cfg'));
    // Debian's keepalived 2.3 does not start without it.
    writeFileSync(path.join(tree, 'etc/keepalived/keepalived.config-opts'), '');
    const link = 'mkdir "$1/bin" && ln -s "$(command -v busybox)" "$1/bin/killall"';
    spawnSync('sh', ['-c', link, 'sh', tree]);
  }
  writeFileSync(path.join(folder, 'servers.cfg'), serversFile(ports));
  const run = ['-Urnmpf', '--mount-proc', 'sh', '-c', lan, 'sh', folder, ...args];
  // A pipe would be waited for until the last daemon has closed it.
  const out = path.join(folder, 'out');
  spawnSync('sh', ['-c', 'out=$1; shift; exec unshare "$@" > "$out" 2>&1', 'sh', out, ...run]);
  return readFileSync(out, 'utf8').trim().split('\n');
}

/** A namespace of one account has no haproxy user to become, and cannot raise its limits. */
function dropPrivileged(file: string): void {
  const lines = readFileSync(file, 'utf8').split('\n');
  const kept = lines.filter(
    (line) => !/^ {4}(user|group|chroot|stats socket|log|maxconn) /.test(line),
  );
  writeFileSync(file, kept.join('\n'));
}
