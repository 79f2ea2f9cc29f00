import type { RequestFigures, WorkloadFigures } from '../../boot/lan/control-plane-protocol.ts';
import type { ControlPlaneStep } from '../certificate/document.ts';

type ClientFigures = ControlPlaneStep['requests'];

/** What clients reported piece by piece, as one. */
export class FigureSum {
  requests: ClientFigures = NONE;
  writes: ClientFigures = NONE;
  streams: ControlPlaneStep['streams'] = [];
  leader: ControlPlaneStep['leader'] = NO_LEADER;

  add({ requests, writes, streams, leader }: WorkloadFigures): void {
    this.requests = together(this.requests, requests);
    this.writes = together(this.writes, writes);
    this.streams = streams.map(({ name, received, cuts }) => {
      const before = this.streams.find((it) => it.name === name);
      return {
        name,
        received: received + (before?.received ?? 0),
        cuts: cuts + (before?.cuts ?? 0),
      };
    });
    this.leader = {
      renewals: this.leader.renewals + leader.renewals,
      changes: this.leader.changes + leader.changes,
      longestGapMs: Math.max(this.leader.longestGapMs, leader.longestGapMs),
    };
  }

  reset(): void {
    this.requests = NONE;
    this.writes = NONE;
    this.streams = [];
    this.leader = NO_LEADER;
  }
}

const NONE: ClientFigures = { sent: 0, failed: 0, slowestMs: 0, longestGapMs: 0 };
const NO_LEADER: ControlPlaneStep['leader'] = { renewals: 0, changes: 0, longestGapMs: 0 };

function together(before: ClientFigures, now: RequestFigures): ClientFigures {
  const reasons = { ...before.reasons };
  for (const [reason, count] of Object.entries(now.reasons))
    reasons[reason] = (reasons[reason] ?? 0) + count;
  return {
    sent: before.sent + now.sent,
    failed: before.failed + now.failed,
    slowestMs: Math.max(before.slowestMs, now.slowestMs),
    longestGapMs: Math.max(before.longestGapMs, now.longestGapMs),
    ...(Object.keys(reasons).length > 0 && { reasons }),
  };
}
