import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { keysAt } from '../../../../scripts/cluster/findings/schema-keys.ts';
import { clusterPaths } from '../../../../scripts/overlay/origins/cluster-paths.ts';
import { PATH_TABLE } from '../../../../scripts/overlay/origins/path-table.ts';
import { traceNode } from '../../../../scripts/overlay/origins/trace-node.ts';
import type { TracedNode } from '../../../../scripts/overlay/origins/trace-node.ts';
import { renderNode } from '../../../../scripts/overlay/render-node.ts';
import { minimalFile } from '../../../support/cluster/cluster-file.ts';
import { OVERLAY_VARIANTS } from '../../../support/cluster/overlay-variants.ts';
import { modelOf, TEMPLATES_ROOT } from '../../../support/cluster/reference-model.ts';
import { temporaryFolder } from '../../../support/host/test-host.ts';

const OPTIONS = { templatesRoot: TEMPLATES_ROOT, release: 'test' };

/** Templates of ours; `*` in a target of the table stands for a list's index or a name. */
function isInSchema(target: string): boolean {
  const parts = target.split('.').map((part) => (part.startsWith('$') || part === '0' ? 0 : part));
  const last = parts.at(-1);
  if (last === 0) return isInSchema(target.split('.').slice(0, -1).join('.'));
  return keysAt(parts.slice(0, -1)).includes(String(last));
}

function lineOf(traced: TracedNode, file: string, text: string | RegExp) {
  const found = traced.files.get(file)?.lines?.find((it) => it.text.search(text) >= 0);
  if (found === undefined) throw new Error(`no line like ${String(text)} in ${file}`);
  return found;
}

describe('tracing', () => {
  it.each(OVERLAY_VARIANTS)('every rendered file, $name', async ({ file, texts }) => {
    const cluster = modelOf(file, texts);
    for (const node of cluster.nodes) {
      const tree = await renderNode(cluster, node, OPTIONS);
      const traced = await traceNode(cluster, node, OPTIONS);
      for (const entry of tree) {
        const lines = traced.files.get(entry.path)?.lines;
        if (entry.type !== 'file' || lines === undefined) continue;
        expect(lines.map(({ text }) => text).join('\n')).toBe(entry.content.toString());
      }
      for (const name of [
        'etc/haproxy/haproxy.cfg',
        'etc/keepalived/keepalived.conf',
        'etc/shadow',
      ])
        expect(traced.files.get(name)?.lines, name).toBeDefined();
    }
  });

  it('tells values, conditions and lines of the template', async () => {
    const cluster = modelOf(stringify(minimalFile({ rest: { stats: {} } })));
    const [node] = cluster.nodes;
    if (node === undefined) throw new Error('no node');
    const traced = await traceNode(cluster, node, OPTIONS);
    const bind = lineOf(traced, 'etc/haproxy/haproxy.cfg', /bind :::/);
    expect(bind.values).toMatchObject([{ path: ['haproxy', 'services', 0, 'binds', 0] }]);
    const refresh = lineOf(traced, 'etc/haproxy/haproxy.cfg', /stats refresh/);
    expect(refresh.values).toEqual([]);
    expect(refresh.conditions).toEqual([['stats']]);
  });

  it('names the line of a template of the user’s, and the user’s own files', async () => {
    const overlay = temporaryFolder();
    mkdirSync(path.join(overlay, 'etc/local.d'), { recursive: true });
    const template = path.join(overlay, 'etc/local.d/a.start.hbs');
    writeFileSync(template, '#!/bin/sh\n{{#if stats}}\nstats\n{{/if}}\n\necho {{hostname}}\n');
    const cluster = { ...modelOf(stringify(minimalFile())), overlayFolder: overlay };
    const [node] = cluster.nodes;
    if (node === undefined) throw new Error('no node');
    const traced = await traceNode(cluster, node, OPTIONS);
    const file = traced.files.get('etc/local.d/a.start');
    expect(file?.own).toBe(template);
    expect(file?.lines?.map(({ templateLine }) => templateLine)).toEqual([1, 5, 6, undefined]);
  });

  it('knows the secrets in the forms that the files have', async () => {
    const password = 'a"b$c';
    const cluster = modelOf(stringify(minimalFile({ rest: { stats: { user: 'u', password } } })));
    const [node] = cluster.nodes;
    if (node === undefined) throw new Error('no node');
    const { secrets } = await traceNode(cluster, node, OPTIONS);
    expect(secrets).toEqual([password, String.raw`"a\"b\$c"`]);
  });
});

describe('places in the cluster file', () => {
  it.each(PATH_TABLE.map(([pattern, targets]) => ({ pattern, target: targets[0] ?? '' })))(
    '$pattern comes from $target',
    ({ target }) => {
      const stays = target.replace('.$service.', '.0.').replace(/\$serviceIndex/g, '$1');
      expect(
        stays === '' || isInSchema(stays) || stays.endsWith('$2') || stays.endsWith('$3'),
      ).toBe(true);
    },
  );

  it('knows a place for every value of the daemons’ files', async () => {
    const unknown = new Set<string>();
    for (const { file, texts } of OVERLAY_VARIANTS) {
      const cluster = modelOf(file, texts);
      for (const [index, node] of cluster.nodes.entries()) {
        const traced = await traceNode(cluster, node, OPTIONS);
        for (const name of ['haproxy/haproxy.cfg', 'keepalived/keepalived.conf', 'nftables.nft'])
          for (const { values } of traced.files.get(`etc/${name}`)?.lines ?? [])
            for (const value of values)
              if (clusterPaths(value.path, { cluster, node: index }).length === 0)
                unknown.add(value.path.join('.'));
      }
    }
    expect([...unknown]).toEqual([]);
  });
});
