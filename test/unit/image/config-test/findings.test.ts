import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { formatDiagnostic } from '../../../../scripts/cluster/findings/diagnostic-frame.ts';
import type { ClusterParse } from '../../../../scripts/cluster/parse.ts';
import type { Complaint } from '../../../../scripts/image/config-test/complaints/complaint.ts';
import { parseHaproxyOutput } from '../../../../scripts/image/config-test/complaints/haproxy.ts';
import { findingsOf } from '../../../../scripts/image/config-test/findings.ts';
import { traceNode } from '../../../../scripts/overlay/origins/trace-node.ts';
import { renderNode } from '../../../../scripts/overlay/render-node.ts';
import { minimalFile, parseText } from '../../../support/cluster/cluster-file.ts';
import { TEMPLATES_ROOT } from '../../../support/cluster/reference-model.ts';

const OPTIONS = { templatesRoot: TEMPLATES_ROOT, release: 'test' };
const CFG = 'etc/haproxy/haproxy.cfg';

type Good = Extract<ClusterParse, { ok: true }>;

/** What becomes of complaints that both nodes' programs make; `complain` is given the lines of the named file. */
async function findings(
  file: ReturnType<typeof minimalFile>,
  program: string,
  name: string,
  complain: (lines: readonly string[]) => readonly Complaint[],
) {
  const text = stringify(file);
  const parsed = parseText(text);
  expect(parsed.ok).toBe(true);
  const { cluster, places, judge } = parsed as Good;
  const all = [];
  for (const [index, node] of cluster.nodes.entries()) {
    const tree = await renderNode(cluster, node, OPTIONS);
    const traced = await traceNode(cluster, node, OPTIONS);
    const entry = tree.find(({ path }) => path === name);
    const lines = entry?.type === 'file' ? entry.content.toString().split('\n') : [];
    const about = { program, version: '1.2', hostname: node.hostname, tree, traced };
    for (const complaint of complain(lines))
      all.push({ ...about, complaint, owner: { cluster, node: index } });
  }
  return { text, diagnostics: judge(findingsOf(all, { places, cwd: '/site' })) };
}

function lineNumber(lines: readonly string[], pattern: RegExp): number {
  const index = lines.findIndex((line) => pattern.test(line));
  if (index < 0) throw new Error(`no line like ${String(pattern)}`);
  return index + 1;
}

describe('findings', () => {
  it('points equal names, which haproxy refuses since 3.3, at the service that they come from', async () => {
    const { text, diagnostics } = await findings(minimalFile(), 'haproxy', CFG, (lines) => {
      const at = lineNumber(lines, /^backend /);
      const said = `[ALERT]    (1) : config : Parsing [/${CFG}:${at}]: backend 'k8s-api' has the same name as frontend 'k8s-api' declared at /${CFG}:${at - 4}. This is no longer supported as of 3.3. Please rename one or the other.\n`;
      return parseHaproxyOutput({ text: said, exitCode: 1 });
    });
    expect(diagnostics).toMatchObject([
      {
        code: 'haproxy-refuses',
        severity: 'error',
        path: 'services[0].name',
        rendered: { file: CFG, nodes: ['lb-1', 'lb-2'] },
        hint: expect.stringContaining('default') as string,
      },
    ]);
    const [first] = diagnostics;
    const shown =
      first === undefined
        ? []
        : formatDiagnostic(first, { name: 'cluster.yaml', text }, { colour: false });
    expect(shown[0]).toMatch(
      /^cluster\.yaml:\d+:\d+: error\[haproxy-refuses\]: haproxy 1\.2 refuses this: backend/,
    );
    expect(shown.join('\n')).toMatch(
      /--> etc\/haproxy\/haproxy\.cfg:\d+ on lb-1, lb-2\n {6}backend /,
    );
  });

  it('folds what follows from one mistake', async () => {
    const file = minimalFile({ vrrp: { notify: { notification_email_from: 'lb@example.org' } } });
    const name = 'etc/keepalived/keepalived.conf';
    const { diagnostics } = await findings(file, 'keepalived', name, (lines) => {
      const at = lineNumber(lines, /notification_email_from/);
      return [at, at, at + 1, at + 2].map((line, index) => ({
        ...{ severity: 'error', file: name, line },
        text: `Unknown keyword ${index}`,
      }));
    });
    expect(diagnostics).toMatchObject([
      {
        path: 'vrrp.notify.notification_email_from',
        hint: expect.stringMatching(/^3 more/) as string,
      },
    ]);
  });

  it('says what belongs to a section at its service, and what has no line at the value that is named', async () => {
    const file = minimalFile({ service: { check: 'https' }, vrrp: { interface: 'eth0' } });
    const section = await findings(file, 'haproxy', CFG, (lines) => [
      { severity: 'error', file: CFG, line: lineNumber(lines, /option httpchk/), text: 'no' },
    ]);
    expect(section.diagnostics).toMatchObject([{ path: 'services[0].check' }]);
    const bare = await findings(file, 'keepalived', '', () => [
      { severity: 'error', text: 'something about eth0 is odd' },
    ]);
    expect(bare.diagnostics).toMatchObject([{ path: 'vrrp.interface' }]);
  });
});
