import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderNode } from '../../../scripts/overlay/render-node.ts';
import { writeTree } from '../../../scripts/overlay/write-tree.ts';
import { saidInEach } from '../../support/cluster/in-appliance.ts';
import { GOOD_INPUTS } from '../../support/cluster/inputs/all-inputs.ts';
import type { InputCase } from '../../support/cluster/inputs/input-case.ts';
import { modelOf, nodeOf, TEMPLATES_ROOT } from '../../support/cluster/reference-model.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { suiteFolder } from '../../support/images/build-site.ts';

const INTERFACES = ['eth0', 'eth1', 'bond0.20'];

/** Each program with the file that it judges, below the tree. */
const JUDGES = {
  'etc/haproxy/haproxy.cfg': 'haproxy -c -q -dW -f /etc/haproxy/haproxy.cfg',
  'etc/keepalived/keepalived.conf': 'keepalived --config-test --log-console --dont-fork',
  'etc/nftables.nft': 'nft --check --file "$tree/etc/nftables.nft"',
} as const;

/** Runs what the tree's file of that name says; a program that refuses without a word says its name. */
const RUN =
  'while read -r command; do eval "$command" || echo "refused by $command"; done < "$tree/judges"';

async function treeOf({ text }: InputCase): Promise<string> {
  const cluster = modelOf(text);
  const options = { templatesRoot: TEMPLATES_ROOT, release: 'test' };
  const folder = mkdtempSync(path.join(suiteFolder(), 'tree-'));
  await writeTree(folder, await renderNode(cluster, nodeOf(cluster), options));
  return folder;
}

interface Judged {
  readonly what: string;
  readonly tree: string;
}

/** Most files are the same in many cases: the trees that have one of their own, each with a list of who judges it. */
async function judgedTrees(): Promise<readonly Judged[]> {
  const seen = new Set<string>();
  const judged: Judged[] = [];
  for (const good of GOOD_INPUTS) {
    const tree = await treeOf(good);
    const commands = Object.entries(JUDGES).flatMap(([name, command]) => {
      const text = readFileSync(path.join(tree, name), 'utf8');
      if (seen.has(text)) return [];
      seen.add(text);
      return [`${command}\n`];
    });
    writeFileSync(path.join(tree, 'judges'), commands.join(''));
    if (commands.length > 0) judged.push({ what: good.what, tree });
  }
  return judged;
}

describe.runIf(requireTools('unshare', 'ip', 'haproxy', 'keepalived', 'nft'))(
  'what check takes without an error',
  () => {
    it('is taken by the daemons, who say nothing', async () => {
      const judged = await judgedTrees();
      expect(judged.length).toBeGreaterThan(20);
      const folders = judged.map(({ tree }) => tree);
      const said = saidInEach(folders, ['sh', '-c', RUN], INTERFACES);
      expect(
        said.flatMap(({ text }, index) =>
          text.trim() === '' ? [] : [`${judged[index]?.what ?? ''}: ${text}`],
        ),
      ).toEqual([]);
    });
  },
);
