import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { renderNode } from '../../scripts/overlay/render-node.ts';
import { writeTree } from '../../scripts/overlay/write-tree.ts';
import { modelOf, nodeOf, TEMPLATES_ROOT } from './cluster/reference-model.ts';
import { temporaryFolder } from './host/test-host.ts';

export const HAPROXY_NEEDS = ['unshare', 'ip', 'haproxy', 'busybox', 'openssl'] as const;

/** A network of its own with a bridge that has 192.0.2.137; `state` prints the servers' names and states. */
const ONE = `
tree=$1 haproxy=$2 node=$3 support=$4 story=$5
ip link set lo up
ip link add lan type bridge
ip link set lan up
ip address add 192.0.2.137/24 dev lan
sed -i -E '/^ +(user|group|chroot|stats socket \\/var.*|log \\/dev.*) *[a-z]*$/d; s/^( +maxconn )20[0-9]+$/\\1100/; s#ca-file /#ca-file '"$tree"'/#' "$tree/etc/haproxy/haproxy.cfg"
start() {
  begun=$(date +%s%N)
  "$haproxy" -D -p "$tree/haproxy.pid" -f "$tree/etc/haproxy/haproxy.cfg" > "$tree/log" 2>&1 || cat "$tree/log"
  took=$((($(date +%s%N) - begun) / 1000000))
}
state() { echo 'show stat' | busybox nc 127.0.0.1 8405 | awk -F, '$2 !~ /^(svname|FRONTEND|BACKEND|)$/ { print $2, $18 }' | sort; }
until_state() {
  for try in $(seq 100); do test "$(state | head -n 1)" = "$1" && break; sleep 0.1; done
  state
}
eval "$story"
`;

/** Runs a story (shell) around an haproxy with the rendered file of a cluster. @returns what it printed */
export async function playHaproxy(
  file: string,
  texts: Readonly<Record<string, string>>,
  haproxy: string,
  story: string,
): Promise<string> {
  const cluster = modelOf(file, texts);
  const folder = temporaryFolder();
  const options = { templatesRoot: TEMPLATES_ROOT, release: 'test' };
  await writeTree(folder, await renderNode(cluster, nodeOf(cluster), options));
  const args = ['-Urnpf', '--mount-proc', '--kill-child', 'bash', '-c', ONE, 'bash'];
  const support = path.resolve(import.meta.dirname);
  const rest = [folder, haproxy, process.execPath, support, story];
  return spawnSync('unshare', [...args, ...rest], { encoding: 'utf8' }).stdout;
}
