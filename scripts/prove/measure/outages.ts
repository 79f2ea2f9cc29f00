import type { Outcome } from '../../boot/lan/protocol.ts';

/** A stretch of time in which a client got no answers. Milliseconds since the epoch. */
export interface Outage {
  /** When the first request that failed was asked. */
  readonly from: number;
  /** When the first request that was answered again was asked; absent if none was. */
  readonly until: number | undefined;
  readonly failed: number;
}

/**
 * The outages in what a poller saw, which must be in the order of asking. Their length is exact to the poller's pace
 * as long as requests time out before TCP sends its first segment again (one second, RFC 6298): a request that was
 * asked during the outage can then not be answered after it.
 */
export function outagesOf(outcomes: readonly Outcome[]): readonly Outage[] {
  const outages: Outage[] = [];
  let open: { from: number; failed: number } | undefined;
  for (const { at, result } of outcomes) {
    if (result.kind === 'failed') {
      open = { from: open?.from ?? at, failed: (open?.failed ?? 0) + 1 };
    } else if (open !== undefined) {
      outages.push({ ...open, until: at });
      open = undefined;
    }
  }
  return open === undefined ? outages : [...outages, { ...open, until: undefined }];
}

/** How long a client got no answers in all; infinite when it got none any more. */
export function secondsLostIn(outcomes: readonly Outcome[]): number {
  const milliseconds = outagesOf(outcomes).map(({ from, until = Infinity }) => until - from);
  return milliseconds.reduce((sum, it) => sum + it, 0) / 1000;
}
