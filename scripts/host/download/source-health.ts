import type { Host } from '../host.ts';

interface SourceFailure {
  failures: number;
  /** When the first failure since the last success was seen; undefined while all is well. */
  since: number | undefined;
}

/** What a run has learnt of the servers that it fetches from, by origin. */
export class SourceHealth {
  private readonly now: Host['now'];
  private readonly retryForMs: number;
  private readonly known = new Map<string, SourceFailure>();

  /** @param retryForMs how long a server that fails is asked again at all */
  constructor({ now }: Pick<Host, 'now'>, retryForMs: number) {
    this.now = now;
    this.retryForMs = retryForMs;
  }

  succeeded(origin: string): void {
    const trouble = this.known.get(origin);
    if (trouble !== undefined) trouble.since = undefined;
  }

  /** @param startedAt when the attempt that failed began; undefined when it was of some use all the same */
  failed(origin: string, startedAt: number | undefined): void {
    const trouble = this.known.get(origin) ?? { failures: 0, since: undefined };
    trouble.failures += 1;
    trouble.since = startedAt === undefined ? undefined : (trouble.since ?? startedAt);
    this.known.set(origin, trouble);
  }

  /** Sources are asked in this order: the one with the fewest failures first. */
  failuresOf(origin: string): number {
    return this.known.get(origin)?.failures ?? 0;
  }

  /** Whether a server that has failed may be asked again. */
  deservesRetry(origin: string): boolean {
    const since = this.known.get(origin)?.since;
    return since === undefined || this.now() - since < this.retryForMs;
  }
}
