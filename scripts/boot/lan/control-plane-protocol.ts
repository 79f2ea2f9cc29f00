import { z } from 'zod';

/**
 * What clients of real API servers report through the agent. All counts and gaps are those since the last report. Times
 * in milliseconds.
 */
export const RequestFigures = z.strictObject({
  sent: z.int(),
  answered: z.int(),
  failed: z.int(),
  slowestMs: z.number(),
  /** Longest time between two answers, whoever asked; the one that still lasts counts as well. */
  longestGapMs: z.number(),
  reasons: z.record(z.string(), z.int()),
});
export type RequestFigures = z.infer<typeof RequestFigures>;

const StreamFigures = z.strictObject({
  /** `watch`: HTTP; `watch (WebSocket)`; `exec (SPDY)`: upgraded connections. */
  name: z.string(),
  /** Events of a watch, lines of an exec that came back. */
  received: z.int(),
  /** How often it ended and was opened again, and attempts that were refused. */
  cuts: z.int(),
  refused: z.int(),
});
export type StreamFigures = z.infer<typeof StreamFigures>;

export const WorkloadFigures = z.strictObject({
  requests: RequestFigures,
  writes: RequestFigures,
  streams: z.array(StreamFigures),
  leader: z.strictObject({
    renewals: z.int(),
    changes: z.int(),
    longestGapMs: z.number(),
  }),
  /** Since when every request has been answered, and since when none has. */
  steadyForMs: z.number(),
  silentForMs: z.number(),
});
export type WorkloadFigures = z.infer<typeof WorkloadFigures>;

/** What the end of a run shows: acknowledged writes read back through each server, events against what is stored. */
export const WorkloadVerification = z.strictObject({
  acknowledged: z.int(),
  servers: z.array(z.strictObject({ name: z.string(), found: z.int(), lost: z.array(z.string()) })),
  watches: z.array(
    z.strictObject({
      name: z.string(),
      events: z.int(),
      missed: z.int(),
      twice: z.int(),
      /** Events whose resource version was not above that of the one before. */
      outOfOrder: z.int(),
    }),
  ),
  /** Lines of the exec that came back other than they were sent. */
  garbled: z.int(),
});
export type WorkloadVerification = z.infer<typeof WorkloadVerification>;
