import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { text as textOf } from 'node:stream/consumers';
import path from 'node:path';
import pMap from 'p-map';
import { beforeAll, describe, expect, it } from 'vitest';
import { renderNode } from '../../../scripts/overlay/render-node.ts';
import { writeTree } from '../../../scripts/overlay/write-tree.ts';
import { daemonRows } from '../../support/apk/daemon-rows.ts';
import { applianceScript, saidInEach } from '../../support/cluster/in-appliance.ts';
import type { Said } from '../../support/cluster/in-appliance.ts';
import { OVERLAY_VARIANTS } from '../../support/cluster/overlay-variants.ts';
import type { OverlayVariant } from '../../support/cluster/overlay-variants.ts';
import { modelOf, TEMPLATES_ROOT } from '../../support/cluster/reference-model.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { suiteFolder } from '../../support/images/build-site.ts';

/** Runs a command, one word after the other in "$@", in one tree. */
const ONE_TREE = `${applianceScript()}
enter "$1"; shift
exec "$@"
`;

const toolsThere = requireTools('unshare', 'ip', 'haproxy', 'keepalived', 'nft');

const ROOT = suiteFolder();
const trees = new Map<string, Promise<string>>();

/** The rendered tree of a case, which every program sees the same. */
function treeOf({ file, texts, name, index }: Case): Promise<string> {
  const known = trees.get(name);
  if (known !== undefined) return known;
  const tree = render(file, texts, index);
  trees.set(name, tree);
  return tree;
}

async function render(
  file: OverlayVariant['file'],
  texts: OverlayVariant['texts'],
  index: number,
): Promise<string> {
  const cluster = modelOf(file, texts);
  const node = cluster.nodes[index];
  if (node === undefined) throw new Error(`The variant has no node ${index}.`);
  const tree = await renderNode(cluster, node, { templatesRoot: TEMPLATES_ROOT, release: 'test' });
  const folder = mkdtempSync(path.join(ROOT, 'tree-'));
  await writeTree(folder, tree);
  return folder;
}

async function inAppliance(tree: string, ...command: readonly string[]): Promise<Said> {
  const args = ['-Urnm', 'sh', '-c', ONE_TREE, 'sh', tree, ...command];
  const child = spawn('unshare', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  return { status: await closed, text: stdout + stderr };
}

/** What a command says in the tree of each case, by the case's name. */
async function inEach(
  cases: readonly Case[],
  ...command: readonly string[]
): Promise<ReadonlyMap<string, Said>> {
  const folders = await Promise.all(cases.map(treeOf));
  const said = saidInEach(folders, command);
  return new Map(cases.map(({ name }, at) => [name, said[at] ?? { text: '', status: null }]));
}

interface Case extends OverlayVariant {
  readonly index: number;
}

const CASES: readonly Case[] = OVERLAY_VARIANTS.flatMap((variant) =>
  [0, 1].map((index) => ({ ...variant, name: `${variant.name}, node ${index + 1}`, index })),
);
const STARTS = CASES.filter(
  ({ index, name }) => index === 0 && /fast|unicast|dual|delay/.test(name),
);

/** Starts keepalived with the addresses of a node, and stops it two seconds later. */
const START = `
mount -t tmpfs tmpfs /run
mkdir /run/keepalived
ip link set lo up
ip link set eth0 up
ip address add 192.168.9.137/24 dev eth0
ip address add fd00::137/64 dev eth0 nodad
timeout --signal=TERM 2 "$1" --dont-fork --log-console --log-detail > /run/log 2>&1
cat /run/log
`;

/** Starts haproxy as the service does; accounts and folders of the appliance are not there. */
const SERVE = `
mount -t tmpfs tmpfs /run
ip link set lo up
sed -E '/^ +(user|group|chroot|stats socket \\/var\\S*) /d; s/maxconn 20000/maxconn 100/' /etc/haproxy/haproxy.cfg > /run/haproxy.cfg
program=$1
shift
"$program" "$@" -p /run/haproxy.pid -f /run/haproxy.cfg > /dev/null 2>&1
master=$(cat /run/haproxy.pid)
count() {
  echo "processes $(ps -o pid= -p "$master" --ppid "$master" | wc -l), bound $(ss -Hltn 'sport = :6443' | wc -l)"
}
await() {
  for try in $(seq 100); do
    test "$(count)" = "$1" && break
    sleep 0.1
  done
  count
}
await 'processes 2, bound 1'
kill -9 "$master"
echo "master killed: $(await 'processes 0, bound 0')"
`;

/** For files that are the same on all nodes. */
const ONE_NODE = CASES.filter(({ index }) => index === 0);

describe.runIf(toolsThere).each(daemonRows())('the daemons of $name', (row) => {
  describe.each(row.haproxy)('%s', (haproxy) => {
    let said: ReadonlyMap<string, Said>;
    beforeAll(async () => {
      said = await inEach(ONE_NODE, haproxy, '-c', '-dW', '-f', '/etc/haproxy/haproxy.cfg');
    });

    it.each(ONE_NODE)('haproxy accepts, without a warning: $name', ({ name }) => {
      expect(said.get(name)?.text).not.toMatch(/WARNING|ALERT|NOTICE/);
      expect(said.get(name)?.status).toBe(0);
    });
  });

  describe.each(row.keepalived)('%s', (keepalived) => {
    let said: ReadonlyMap<string, Said>;
    let started: readonly (readonly [string, Said])[];
    beforeAll(async () => {
      const test = ['--config-test', '--log-console', '--dont-fork'];
      said = await inEach(CASES, keepalived, ...test);
      // Each is given two seconds, most of which it sleeps.
      started = await pMap(
        STARTS,
        async (it) => {
          const tree = await treeOf(it);
          return [it.name, await inAppliance(tree, 'sh', '-c', START, 'sh', keepalived)] as const;
        },
        { concurrency: 4 },
      );
    });

    it.each(CASES)('keepalived accepts: $name', ({ name }) => {
      expect(said.get(name)?.text).not.toMatch(
        /unknown|warning|disabl|invalid|ignor|missing|not found/i,
      );
      expect(said.get(name)?.status).toBe(0);
    });

    it.each(STARTS)('keepalived starts without a remark: $name', ({ name }) => {
      // A configuration test hides what a start says.
      const text = new Map(started).get(name)?.text;
      expect(text).toMatch(/Startup complete/);
      expect(text).not.toMatch(/notice|should|must|unknown|warning|invalid|ignor/i);
    });
  });

  it('haproxy as a service is two processes, which end with each other', async () => {
    const [fast] = CASES.filter(({ name }) => name === 'fast profile, node 1');
    if (fast === undefined) throw new Error('There is no such case.');
    const tree = await treeOf(fast);
    const service = readFileSync(path.join(tree, 'etc/init.d/haproxy'), 'utf8');
    const options = / -- (-W -D) -p "\$pidfile" -f "\$cfgfile"$/m.exec(service)?.[1] ?? '';
    for (const haproxy of row.haproxy) {
      const result = await inAppliance(
        tree,
        'sh',
        '-c',
        SERVE,
        'sh',
        haproxy,
        ...options.split(' '),
      );
      expect(result.text).toMatch(/processes 2, bound 1\nmaster killed: processes 0, bound 0\n$/);
    }
  });
});

describe.runIf(toolsThere)('nftables accepts what is rendered', () => {
  const filtered = CASES.filter(({ file, texts }) => modelOf(file, texts).firewall.enabled);
  let said: ReadonlyMap<string, Said>;
  beforeAll(async () => {
    said = await inEach(filtered, 'sh', '-c', 'exec nft --check --file "$tree/etc/nftables.nft"');
  });

  it.each(filtered)('nft: $name', ({ name }) => {
    expect(said.get(name)).toEqual({ status: 0, text: '' });
  });
});

describe.runIf(requireTools('shellcheck'))('the shell scripts', () => {
  /** Exit code and text, by what was judged: most clusters have the same scripts. */
  const judged = new Map<string, Said>();

  it.each(ONE_NODE)('shellcheck: $name', async (it) => {
    const tree = await treeOf(it);
    const scripts = [
      'etc/keepalived/chk_haproxy.sh',
      'etc/conf.d/syslog',
      'etc/conf.d/haproxy',
      'etc/conf.d/keepalived',
      ...['etc/init.d/haproxy', 'etc/init.d/card-names', 'etc/network/bond'].filter((name) =>
        existsSync(path.join(tree, name)),
      ),
    ];
    for (const name of scripts) {
      const file = path.join(tree, name);
      const content = readFileSync(file, 'utf8');
      const said = judged.get(content) ?? shellcheck(file);
      judged.set(content, said);
      expect(said, name).toEqual({ status: 0, text: '' });
    }
  });
});

function shellcheck(file: string): Said {
  // Settings for others to read; local, which busybox's shell has.
  const args = ['--shell=sh', '--exclude=SC2034,SC3043', file];
  const { status, stdout } = spawnSync('shellcheck', args, { encoding: 'utf8' });
  return { status, text: stdout };
}
