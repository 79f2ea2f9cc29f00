import type { ControlPlaneProof, ControlPlaneStep } from './document.ts';
import { counted, FINDINGS, formatSeconds, VERDICTS } from './wording.ts';

interface Finding {
  readonly title: string;
  readonly text: string;
  readonly look: string;
}

interface StepRow {
  readonly title: string;
  readonly verdict: string;
  readonly sign: string;
  readonly word: string;
  readonly requests: string;
  readonly writes: string;
  readonly gap: string;
  readonly allowed: string;
  readonly cuts: string;
  readonly leader: string;
  readonly skipped: string;
  readonly findings: readonly Finding[];
}

/** The page's section on real API servers. */
export interface ControlPlaneView {
  readonly verdict: string;
  readonly sign: string;
  readonly word: string;
  readonly sentence: string;
  readonly programs: readonly { readonly label: string; readonly value: string }[];
  readonly findings: readonly Finding[];
  readonly steps: readonly StepRow[];
  readonly checks: readonly { readonly what: string; readonly result: string }[];
}

export function controlPlaneView(controlPlane: ControlPlaneProof): ControlPlaneView {
  const { verdict, versions, apiServers, findings, steps } = controlPlane;
  return {
    verdict,
    ...VERDICTS[verdict],
    sentence: controlPlaneSentence(controlPlane),
    programs: [
      { label: 'API servers', value: `${apiServers} × kube-apiserver ${versions.apiServer}` },
      { label: 'Store', value: `etcd ${versions.etcd}` },
      { label: 'kubectl', value: versions.kubectl ?? 'none' },
    ],
    findings: findings.map(findingView),
    steps: steps.map(rowOf),
    checks: checksOf(controlPlane),
  };
}

/** `0 of 2412 requests failed, longest gap 1.05 s; 2400 acknowledged writes, 0 lost; 0 missed events.` */
export function controlPlaneSentence({ steps, verification }: ControlPlaneProof): string {
  const sent = steps.reduce((sum, { requests }) => sum + requests.sent, 0);
  if (sent === 0) return 'No request was sent: nothing is proved.';
  const failed = steps.reduce((sum, { requests }) => sum + requests.failed, 0);
  const judged = steps.filter(({ allowedSeconds }) => allowedSeconds !== undefined);
  const gap = Math.max(0, ...judged.map(({ requests }) => requests.longestGapMs)) / 1000;
  const figures = `${failed} of ${sent} requests failed; longest gap where an outage is not the fault itself ${formatSeconds(gap)}`;
  if (verification === undefined) return `${figures}; nothing was read back.`;
  const { acknowledgedWrites, servers, watches } = verification;
  const lost = Math.max(0, ...servers.map(({ lostWrites }) => lostWrites));
  const missed = watches.reduce((sum, it) => sum + it.missed, 0);
  const twice = watches.reduce((sum, it) => sum + it.twice, 0);
  return `${figures}. ${counted(acknowledgedWrites, 'acknowledged write')}, ${lost} lost; events of watches: ${missed} missed, ${twice} twice.`;
}

/** One line for the terminal. */
export function controlPlaneLine(step: ControlPlaneStep): string {
  const { verdict, title, requests, writes, findings, skipped } = step;
  const why = skipped ?? findings.map(({ code }) => code).join(', ');
  const figures = `${requests.failed}/${requests.sent} requests ${writes.failed}/${writes.sent} writes failed  gap ${Math.round(requests.longestGapMs)} ms`;
  return `  ${verdict.padEnd(7)} ${title}: ${figures}${why === '' ? '' : `: ${why}`}`;
}

function checksOf({ verification }: ControlPlaneProof): ControlPlaneView['checks'] {
  if (verification === undefined) return [];
  const { acknowledgedWrites, servers, watches } = verification;
  return [
    ...servers.map(({ name, lostWrites }) => ({
      what: `Acknowledged writes read back through ${name}`,
      result: `${acknowledgedWrites - lostWrites} of ${acknowledgedWrites}`,
    })),
    ...watches.map(({ name, events, missed, twice }) => ({
      what: `Events of the ${name}`,
      result: `${events} seen, ${missed} missed, ${twice} twice`,
    })),
  ];
}

function rowOf(step: ControlPlaneStep): StepRow {
  const { title, verdict, requests, writes, streams, leader, findings } = step;
  const { allowedSeconds, skipped = '' } = step;
  const cuts = streams.map(({ name, cuts: count }) => `${name} ${count}`);
  return {
    ...{ title, verdict, skipped },
    ...VERDICTS[verdict],
    requests: `${requests.failed} of ${requests.sent}`,
    writes: `${writes.failed} of ${writes.sent}`,
    gap: formatSeconds(requests.longestGapMs / 1000),
    allowed: allowedSeconds === undefined ? 'not judged' : formatSeconds(allowedSeconds),
    cuts: cuts.join(', '),
    leader: leader.changes === 0 ? 'kept' : `${leader.changes} changes`,
    findings: findings.map(findingView),
  };
}

function findingView({ code, text }: ControlPlaneProof['findings'][number]): Finding {
  return { ...FINDINGS[code], text };
}
