import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { ProofDocument } from '../../scripts/prove/certificate/document.ts';
import type { ProveResult } from '../../scripts/prove/certificate/write.ts';
import { chooseScenarios } from '../../scripts/prove/scenarios/choose.ts';
import { proveCluster } from '../../scripts/workflows/prove/prove.ts';
import type { ProveRequest } from '../../scripts/workflows/prove/prove.ts';
import { expectNothingLeft, familyOf } from '../support/host/process-family.ts';
import { requireTools } from '../support/host/require-tools.ts';
import { buildLabPair, explained, suiteHost } from '../support/images/lab-pair.ts';
import type { LabPair } from '../support/images/lab-pair.ts';
import { buildBrokenPair, edited } from '../support/proof/broken-pair.ts';

const TOOLS = ['qemu-system-x86_64', 'ip', 'unshare', 'bwrap', 'xorriso', 'mksquashfs', 'apt-get'];
const ROOT = path.resolve(import.meta.dirname, '../..');

const host = suiteHost();

function prove(folder: string, pair: LabPair, faults: readonly string[]): Promise<ProveResult> {
  const request: ProveRequest = {
    what: folder,
    clusterFile: pair.file,
    set: 'quick',
    faults,
    variants: [],
    version: 'under test',
    build: {
      nodes: [],
      out: folder,
      sources: { offline: true },
      engine: {},
      frozen: true,
    },
  };
  return explained(proveCluster(host, request));
}

/** Codes of all that was found, before anything was broken and after. */
function codesIn({ proof }: ProveResult): readonly string[] {
  const findings = proof.trials.flatMap((trial) => [
    ...trial.findings,
    ...trial.faults.flatMap((fault) => fault.findings),
  ]);
  return [...new Set(findings.map(({ code }) => code))].sort();
}

describe.runIf(requireTools(...TOOLS))('the proof by boot', () => {
  let pair: LabPair;

  beforeAll(async () => {
    pair = await explained(buildLabPair(host, 'test-proof'));
  });

  test(
    'a sound pair stands the quick set, and gets its certificate',
    { timeout: 1_500_000 },
    async () => {
      const proved = await prove(pair.folder, pair, []);
      console.log(proved.text.join('\n'));
      expect(codesIn(proved)).toEqual([]);
      expect(proved.error).toBeUndefined();

      const proof = ProofDocument.parse(JSON.parse(readFileSync(proved.file, 'utf8')));
      const [trial] = proof.trials;
      expect(trial?.faults.map(({ id }) => id)).toEqual(
        chooseScenarios('quick', []).flatMap(({ steps }) => steps.map(({ id }) => id)),
      );
      const performed = trial?.faults.filter(({ verdict }) => verdict === 'pass') ?? [];
      expect(performed.length).toBeGreaterThan(8);
      for (const { requests, requestSeries } of performed) {
        expect(requests.sent).toBeGreaterThan(0);
        expect(requestSeries.length).toBeGreaterThan(0);
      }
      for (const { node, sha256 } of trial?.images ?? []) {
        const digest = createHash('sha256')
          .update(readFileSync(pair.image(node)))
          .digest('hex');
        expect(sha256).toBe(digest);
      }
      expect(readFileSync(proved.page, 'utf8')).toContain(trial?.images[0]?.sha256);
    },
  );

  test('Ctrl-C in the middle of a boot ends every child and leaves nothing behind', async () => {
    const temp = mkdtempSync(path.join(os.tmpdir(), 'vipiso-test-'));
    const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const tool = spawn(
      process.execPath,
      ['--import', loader, path.join(ROOT, 'scripts', 'vipiso.ts'), 'prove', pair.folder],
      { env: { ...process.env, TMPDIR: temp, VIPISO_ACCELERATOR: 'tcg' } },
    );
    let said = '';
    tool.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
    try {
      await vi.waitFor(
        () => {
          // The tool, the agent around its namespace, and two machines.
          expect(familyOf(tool.pid ?? 0).length, said).toBeGreaterThan(4);
        },
        { timeout: 60_000, interval: 200 },
      );
      const family = familyOf(tool.pid ?? 0);
      const ended = once(tool, 'exit');
      tool.kill('SIGINT');
      await ended;
      expect(tool.exitCode, said).toBe(130);
      await expectNothingLeft(family, temp);
      expect(readdirSync(pair.folder).filter((name) => name.startsWith('.'))).toEqual([]);
    } finally {
      tool.kill('SIGKILL');
      rmSync(temp, { recursive: true, force: true });
    }
  });

  describe('of a pair that was broken on purpose', () => {
    test('another virtual_router_id on one node: two masters', async () => {
      const folder = await buildBrokenPair(host, pair.file, {
        name: 'wrong-vrid',
        damage: (tree, { role }) =>
          role === 'MASTER'
            ? tree
            : edited(tree, 'etc/keepalived/keepalived.conf', (text) =>
                text.replace('virtual_router_id 51', 'virtual_router_id 52'),
              ),
      });
      const proved = await prove(folder, pair, ['haproxy-killed']);
      expect(codesIn(proved)).toContain('split-brain');
      expect(proved.error?.code).toBe('proof-failed');
    });

    test('a package that is not installed, a daemon that ends at once: the services are missing', async () => {
      const folder = await buildBrokenPair(host, pair.file, {
        name: 'missing-services',
        damage: (tree, { role }) =>
          role === 'MASTER'
            ? edited(tree, 'etc/apk/world', (text) => text.replace(/^haproxy\b.*\n/m, ''))
            : edited(tree, 'etc/keepalived/keepalived.conf', (text) =>
                text.replaceAll('interface eth0', 'interface eth9'),
              ),
      });
      const proved = await prove(folder, pair, ['haproxy-killed']);
      expect(codesIn(proved)).toContain('service-missing');
      expect(proved.error?.code).toBe('proof-failed');
      const texts = proved.proof.trials.flatMap(({ findings }) => findings.map(({ text }) => text));
      expect(texts).toContain('lb-1: the service haproxy was not started');
      expect(texts).toContainEqual(
        expect.stringMatching(/^lb-2: the service keepalived was not started: .*eth9/),
      );
    });

    test('a package that is not installed and starts nothing that is waited for: it is named', async () => {
      const folder = await buildBrokenPair(host, pair.file, {
        name: 'missing-firewall',
        damage: (tree) => edited(tree, 'etc/apk/world', (text) => text.replace(/^nftables\n/m, '')),
      });
      const proved = await prove(folder, pair, ['haproxy-killed']);
      expect(codesIn(proved)).toContain('boot-incomplete');
      const texts = proved.proof.trials.flatMap(({ findings }) => findings.map(({ text }) => text));
      expect(texts).toContain('lb-1: the package nftables is not installed');
    });

    test('an API server at a wrong address: it gets no requests', async () => {
      const folder = await buildBrokenPair(host, pair.file, {
        name: 'dead-backend',
        damage: (tree) =>
          edited(tree, 'etc/haproxy/haproxy.cfg', (text) =>
            text.replace('192.168.9.131', '192.168.9.199'),
          ),
      });
      const proved = await prove(folder, pair, ['haproxy-killed']);
      expect(codesIn(proved)).toContain('healthy-backend-out-of-rotation');
      expect(proved.error?.code).toBe('proof-failed');
    });

    test('keepalived without its check: nobody takes over for a dead haproxy', async () => {
      const folder = await buildBrokenPair(host, pair.file, {
        name: 'no-check',
        damage: (tree) =>
          edited(tree, 'etc/keepalived/keepalived.conf', (text) =>
            text.replace(/^ *track_script \{[^}]*\}\n/m, ''),
          ),
      });
      const proved = await prove(folder, pair, ['haproxy-killed']);
      const codes = codesIn(proved);
      expect(codes).toContain('failover-failed');
      expect(codes).toContain('outage-too-long');
      expect(proved.error?.code).toBe('proof-failed');
    });
  });
});
