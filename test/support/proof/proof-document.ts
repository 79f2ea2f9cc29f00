import { PROOF_SCHEMA, ProofDocument } from '../../../scripts/prove/certificate/document.ts';
import type { FaultReport, Topology, Trial } from '../../../scripts/prove/certificate/document.ts';
import { boot, failedBoot } from './proof-boots.ts';
import {
  apiServersDown,
  cleanStop,
  powerCut,
  rebootBoth,
  skipped,
  splitBrain,
  VIP,
} from './proof-faults.ts';

const LONG_NAME = 'load-balancer-3.rack-b2.berlin.example.net';

/** A proof of the quick set as a run on an emulated LAN leaves it: a pass, a fail and a skip, in two trials. */
export function proofDocument(changes: Partial<ProofDocument> = {}): ProofDocument {
  return ProofDocument.parse({
    schema: PROOF_SCHEMA,
    verdict: 'fail',
    cluster: 'k3s-edge',
    set: 'quick',
    startedAt: '2026-11-23T17:27:03Z',
    durationSeconds: 512.4,
    tool: 'vipiso 0.1.0',
    lock: 'ab'.repeat(32),
    host: {
      arch: 'x64',
      kernel: 'Linux 6.1.0-28-amd64',
      processors: 2,
      processorModel: 'AMD EPYC 7763 64-Core Processor',
      memoryMib: 24_093,
      qemu: 'QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)',
      accelerator: 'tcg: the host has no /dev/kvm',
      nodejs: 'v20.20.0',
    },
    trials: [shippedTrial(), fastTrial()],
    ...changes,
  });
}

/** The same, with every fault passed, in one trial. */
export function passingProof(): ProofDocument {
  const faults = [powerCut(2.81), cleanStop(), apiServersDown(), rebootBoth()];
  return proofDocument({ verdict: 'pass', trials: [trial({ faults })] });
}

function shippedTrial(): Trial {
  return trial({
    faults: [powerCut(2.81), cleanStop(), splitBrain(), apiServersDown(), skipped()],
  });
}

/** Three nodes, two address families, names as long as people make them. */
function fastTrial(): Trial {
  const topology: Topology = {
    vips: [VIP, 'fd00:192:168:9:abcd:ef01:2345:139'],
    vrrp: {
      version: 3,
      advertIntervalSeconds: 0.2,
      transport: 'unicast',
      preempt: 'preempt after 5 s',
      virtualRouterIds: [51, 52],
    },
    nodes: [
      node('lb-1', 'MASTER', 102, 137),
      node('lb-2', 'BACKUP', 101, 138),
      node(LONG_NAME, 'BACKUP', 100, 140),
    ],
    services: [
      { name: 'k8s-api', port: 6443 },
      { name: 'rke2-supervisor', port: 9345 },
    ],
    apiServers: servers(),
    clients: ['client-a', 'kubectl'],
  };
  return trial({
    id: 'v3-200ms',
    title: 'VRRP v3, adverts every 0.2 s',
    topology,
    boots: [boot('lb-1', 18_900), boot('lb-2', 20_400), failedBoot(LONG_NAME)],
    faults: [withSlowClient(powerCut(0.71, [51, 52])), cleanStop()],
  });
}

export function trial(changes: Partial<Trial> = {}): Trial {
  return {
    id: 'shipped',
    title: 'The images that ship',
    images: [
      { node: 'lb-1', file: 'lb-1.iso', size: 54_132_736, sha256: '1f'.repeat(32) },
      { node: 'lb-2', file: 'lb-2.iso', size: 54_132_736, sha256: '2e'.repeat(32) },
    ],
    topology: {
      vips: [VIP],
      vrrp: {
        version: 2,
        advertIntervalSeconds: 1,
        transport: 'multicast',
        preempt: 'preempt',
        virtualRouterIds: [51],
      },
      nodes: [
        { hostname: 'lb-1', role: 'MASTER', priority: 101, addresses: ['192.168.9.137'] },
        { hostname: 'lb-2', role: 'BACKUP', priority: 100, addresses: ['192.168.9.138'] },
      ],
      services: [{ name: 'k8s-api', port: 6443 }],
      apiServers: servers(),
      clients: ['client'],
    },
    boots: [boot('lb-1', 19_700), boot('lb-2', 20_300)],
    findings: [],
    faults: [],
    ...changes,
  };
}

function node(hostname: string, role: 'MASTER' | 'BACKUP', priority: number, host: number) {
  const addresses = [`192.168.9.${host}`, `fd00:192:168:9:abcd:ef01:2345:${host}`];
  return { hostname, role, priority, addresses };
}

function servers(): Topology['apiServers'] {
  return [130, 131, 132].map((host, i) => ({
    name: `k8s-${i + 1}`,
    address: `192.168.9.${host}`,
    port: 6443,
  }));
}

/** Beside the first client one that asks every 300 ms, at an address as long as addresses get. */
function withSlowClient(report: FaultReport): FaultReport {
  const everyThird = (counts: readonly number[]): number[] =>
    counts.map((count, i) => (i % 3 === 0 ? Math.min(1, count) : 0));
  const slow = report.requestSeries.map((series) => ({
    ...series,
    target: '[fd00:192:168:9:abcd:ef01:2345:139]:6443',
    answered: everyThird(series.answered),
    failed: everyThird(series.failed),
  }));
  return { ...report, requestSeries: [...report.requestSeries, ...slow] };
}
