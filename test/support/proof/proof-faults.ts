import type { FaultReport, TimelineEvent } from '../../../scripts/prove/certificate/document.ts';

const BUCKET_MS = 100;
export const VIP = '192.168.9.139';

/** @param lost seconds until the other node answers */
export function powerCut(lost: number, virtualRouterIds = [51]): FaultReport {
  const cut = 5_000;
  const over = cut + lost * 1000;
  return fault({
    id: 'power-cut-master',
    title: 'Power cut of the MASTER',
    action: 'The node that holds the virtual address loses its power.',
    expectation: 'The other node takes the address over within three missed adverts.',
    durationMs: 40_000,
    outageSeconds: lost,
    allowedSeconds: 3.9,
    outages: [{ from: cut, until: over }],
    masterPeriods: virtualRouterIds.flatMap((virtualRouterId) => [
      { node: 'lb-1', virtualRouterId, from: 0, until: cut },
      { node: 'lb-2', virtualRouterId, from: over - 40, until: 33_000 },
      { node: 'lb-1', virtualRouterId, from: 33_000 },
    ]),
    timeline: [
      step(cut, 'lb-1: power cut'),
      {
        at: over - 40,
        kind: 'vrrp',
        node: 'lb-2',
        text: 'sends advertisements as MASTER, priority 100',
      },
      ...volley('lb-2', over - 35),
      console_(over - 20, 'lb-2', 'Keepalived_vrrp: (VI_1) Entering MASTER STATE'),
      step(12_000, 'lb-1: power back'),
      ...volley('lb-1', 33_010),
      step(33_000, 'lb-1 is master again'),
      step(33_500, 'the last answer is awaited'),
    ],
  });
}

export function cleanStop(): FaultReport {
  return fault({
    id: 'clean-stop',
    title: 'Clean stop of keepalived on the MASTER',
    action: 'keepalived is stopped by its service script.',
    expectation: 'The address moves at once: the leaving node sends priority 0.',
    durationMs: 12_000,
    outageSeconds: 0,
    allowedSeconds: 0.9,
    masterPeriods: [
      { node: 'lb-1', virtualRouterId: 51, from: 0, until: 3_000 },
      { node: 'lb-2', virtualRouterId: 51, from: 3_010 },
    ],
    timeline: [step(3_000, 'lb-1: rc-service keepalived stop'), ...volley('lb-2', 3_015)],
  });
}

export function splitBrain(): FaultReport {
  return fault({
    id: 'link-cut-and-healed',
    title: 'Link between the nodes cut, then healed',
    action: 'The link of lb-1 is cut both ways for 10 s, then healed.',
    expectation: 'Only one node is master after healing, and the address is announced again.',
    verdict: 'fail',
    findings: [
      { code: 'split-brain', text: 'lb-1 and lb-2 both spoke as master for 14.2 s after healing.' },
      {
        code: 'outage-too-long',
        text: 'The virtual address did not answer for 6.42 s in all; 3.90 s are allowed.',
      },
    ],
    durationMs: 45_000,
    outageSeconds: 6.42,
    allowedSeconds: 3.9,
    outages: [{ from: 4_000, until: 7_100 }, { from: 15_000, until: 17_000 }, { from: 43_680 }],
    masterPeriods: [
      { node: 'lb-1', virtualRouterId: 51, from: 0 },
      { node: 'lb-2', virtualRouterId: 51, from: 7_000, until: 28_200 },
    ],
    timeline: [
      step(4_000, 'lb-1: link cut both ways'),
      ...volley('lb-2', 7_010),
      step(14_000, 'lb-1: link healed'),
      console_(14_400, 'lb-1', 'received <script>alert("console")</script> & "more"'),
      { at: 15_000, kind: 'stream', text: 'kubectl watch ended: connection reset by peer' },
      ...volley('lb-1', 17_000),
    ],
  });
}

export function apiServersDown(): FaultReport {
  return fault({
    id: 'api-servers-one-by-one',
    title: 'API servers down one by one',
    action: 'Each API server is stopped for 5 s, one after the other.',
    expectation: 'Requests go to those that serve; the address stays where it is.',
    durationMs: 30_000,
    masterPeriods: [{ node: 'lb-1', virtualRouterId: 51, from: 0 }],
    timeline: ['k8s-1', 'k8s-2', 'k8s-3'].flatMap((name, i) => [
      step(2_000 + i * 9_000, `${name} stopped`),
      step(7_000 + i * 9_000, `${name} back`),
    ]),
  });
}

export function rebootBoth(): FaultReport {
  return fault({
    id: 'reboot-both',
    title: 'Both nodes rebooted at once',
    action: 'Both nodes are reset.',
    expectation: 'The pair comes back by itself.',
    durationMs: 60_000,
    outageSeconds: 24.3,
    allowedSeconds: 45,
    outages: [{ from: 5_000, until: 29_300 }],
    masterPeriods: [
      { node: 'lb-1', virtualRouterId: 51, from: 0, until: 5_000 },
      { node: 'lb-1', virtualRouterId: 51, from: 29_000 },
    ],
    timeline: [step(5_000, 'both nodes reset'), ...volley('lb-1', 29_100)],
  });
}

export function skipped(): FaultReport {
  return {
    ...fault({
      id: 'link-delay',
      title: 'Delay and jitter',
      action: 'Frames of the MASTER are held back for 30 ms to 90 ms.',
      expectation: 'The address stays where it is.',
      verdict: 'skipped',
      skipped: 'The set was ended by the time limit before this fault.',
      durationMs: 0,
    }),
    requests: { sent: 0, failed: 0 },
    requestSeries: [],
  };
}

export function fault(
  about: Pick<FaultReport, 'id' | 'title' | 'action' | 'expectation' | 'durationMs'> &
    Partial<FaultReport>,
): FaultReport {
  const series = seriesOf(about.durationMs, about.outages ?? []);
  const total = (counts: readonly number[]): number => counts.reduce((sum, it) => sum + it, 0);
  const failed = total(series.failed);
  return {
    verdict: 'pass',
    findings: [],
    requests: {
      sent: total(series.answered) + failed,
      failed,
      reasons: failed === 0 ? {} : { 'no answer within 900 ms': failed },
    },
    outages: [],
    masterPeriods: [],
    timeline: [],
    requestSeries: [series],
    ...about,
  };
}

function seriesOf(
  durationMs: number,
  outages: FaultReport['outages'],
): FaultReport['requestSeries'][number] {
  const buckets = Array.from(
    { length: Math.ceil(durationMs / BUCKET_MS) },
    (_, i) => i * BUCKET_MS,
  );
  const lost = buckets.map((at) =>
    outages.some(({ from, until = Infinity }) => at >= from && at < until),
  );
  return {
    target: `${VIP}:6443`,
    bucketMs: BUCKET_MS,
    answered: lost.map((it) => (it ? 0 : 10)),
    failed: lost.map((it) => (it ? 10 : 0)),
    slowestMs: lost.map((it, i) => (it ? 0 : 4 + ((i * 7) % 5) + (lost[i - 1] === true ? 180 : 0))),
  };
}

function step(at: number, text: string): TimelineEvent {
  return { at, kind: 'step', text };
}

function console_(at: number, name: string, text: string): TimelineEvent {
  return { at, kind: 'console', node: name, text };
}

function volley(name: string, at: number): readonly TimelineEvent[] {
  return [0, 1, 2, 3, 4].map((i) => ({
    at: at + i * 3,
    kind: 'arp',
    node: name,
    text: `announces ${VIP}`,
  }));
}
