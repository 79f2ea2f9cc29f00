import type { RequestFigures } from '../../lan/control-plane-protocol.ts';

/** Many times the pace of any client here, on a machine that emulates others beside. */
const LONG_GAP_MS = 1500;

/** Counts what one client asked; gaps and slowest answers are those since the last look. Times in milliseconds. */
export class Tally {
  #sent = 0;
  #answered = 0;
  #failed = 0;
  #slowestMs = 0;
  #longestGapMs = 0;
  #lastAnswerAt: number | undefined;
  #lastFailureAt = 0;
  /** When the first answer after the last long gap came. */
  #steadySince = Date.now();
  #reasons = new Map<string, number>();

  /** Asks, and counts what comes of it. @returns whether it was answered as `ask` wants it */
  async count(ask: () => Promise<void>): Promise<boolean> {
    const began = Date.now();
    this.#sent += 1;
    try {
      await ask();
      const now = Date.now();
      this.#answered += 1;
      this.#slowestMs = Math.max(this.#slowestMs, now - began);
      const gap = this.#gapAt(now);
      if (gap > LONG_GAP_MS) this.#steadySince = now;
      this.#longestGapMs = Math.max(this.#longestGapMs, gap);
      this.#lastAnswerAt = now;
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#failed += 1;
      this.#lastFailureAt = Date.now();
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
      return false;
    }
  }

  /** What was counted since the last look; the gap that still lasts counts as well. */
  take(): RequestFigures {
    const now = Date.now();
    const figures = {
      sent: this.#sent,
      answered: this.#answered,
      failed: this.#failed,
      slowestMs: this.#slowestMs,
      longestGapMs: Math.max(this.#longestGapMs, this.#gapAt(now)),
      reasons: Object.fromEntries([...this.#reasons].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
    this.#sent = 0;
    this.#answered = 0;
    this.#failed = 0;
    this.#slowestMs = 0;
    this.#longestGapMs = 0;
    this.#reasons = new Map();
    return figures;
  }

  /** Since when there was neither a failure nor a lack of answers, in milliseconds; 0 while there is one. */
  steadyForMs(): number {
    const now = Date.now();
    if (this.#lastAnswerAt === undefined || this.#gapAt(now) > LONG_GAP_MS) return 0;
    return now - Math.max(this.#lastFailureAt, this.#steadySince);
  }

  /** Since when nothing was answered, in milliseconds. */
  silentForMs(): number {
    return this.#gapAt(Date.now());
  }

  #gapAt(now: number): number {
    return this.#lastAnswerAt === undefined ? 0 : now - this.#lastAnswerAt;
  }
}
