import type { Outcome } from '../../boot/lan/protocol.ts';

/** What a steady client saw, in figures. */
export class RequestTally {
  sent = 0;
  failed = 0;
  /** Milliseconds. */
  longestGapMs = 0;
  slowestMs = 0;
  readonly #reasons = new Map<string, number>();
  #lastAnswerAt: number | undefined;
  #last: readonly Outcome[] = [];

  /** Takes what was asked since the last call, in any order. */
  add(outcomes: readonly Outcome[]): void {
    const answered = outcomes
      .filter(({ result }) => result.kind === 'answered')
      .map(({ at, latencyMs }) => at + latencyMs)
      .sort((a, b) => a - b);
    for (const at of answered) {
      const gap = at - (this.#lastAnswerAt ?? at);
      this.longestGapMs = Math.max(this.longestGapMs, gap);
      this.#lastAnswerAt = Math.max(at, this.#lastAnswerAt ?? at);
    }
    for (const { latencyMs, result } of outcomes) {
      this.sent += 1;
      if (result.kind === 'answered') {
        this.slowestMs = Math.max(this.slowestMs, latencyMs);
        continue;
      }
      this.failed += 1;
      this.#reasons.set(result.reason, (this.#reasons.get(result.reason) ?? 0) + 1);
    }
    this.#last = [...this.#last, ...outcomes].sort((a, b) => a.at - b.at).slice(-100);
  }

  get reasons(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#reasons].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Whether the last so many requests were all answered via one of these addresses. */
  isSteady(addresses: readonly string[], count: number): boolean {
    const last = this.#last.slice(-count);
    return (
      last.length === count &&
      last.every(({ result }) => result.kind === 'answered' && addresses.includes(result.via))
    );
  }
}
