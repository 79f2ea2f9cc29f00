import { VipisoError } from '../../core/errors.ts';

/**
 * One thing that was looked at. `failed`: it is wrong. `unknown`: it could not be judged, which is a doubt. `absent`:
 * it is not part of this release, which is none.
 */
export interface Verdict {
  readonly outcome: 'ok' | 'failed' | 'unknown' | 'absent';
  /** What is wrong, or why it could not be judged; of what is right, what it covers. */
  readonly details: readonly string[];
}

export interface Check extends Verdict {
  readonly what: string;
}

export function isDoubt({ outcome }: Verdict): boolean {
  return outcome === 'failed' || outcome === 'unknown';
}

/** @param problems none = it is right */
export function judged(problems: readonly string[], covers?: string): Verdict {
  if (problems.length > 0) return { outcome: 'failed', details: problems };
  return { outcome: 'ok', details: covers === undefined ? [] : [covers] };
}

/** Runs one check; what it throws is what is wrong. */
export async function check(what: string, work: () => Promise<Verdict> | Verdict): Promise<Check> {
  try {
    return { what, ...(await work()) };
  } catch (error) {
    if (!(error instanceof VipisoError)) throw error;
    if (error.code === 'interrupted') throw error;
    return { what, outcome: 'failed', details: [error.message, ...error.details] };
  }
}
