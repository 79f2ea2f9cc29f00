/** What one direction of a cable does to frames. */
export interface LinkCondition {
  /** `cut` loses every frame; the carrier stays, as with a dead switch further on. */
  readonly state: 'up' | 'cut';
  /** Share of frames lost, 0..1. */
  readonly loss: number;
  /** Milliseconds added to every frame, and the most that is added on top at random. */
  readonly delay: number;
  readonly jitter: number;
}

export const GOOD_LINK: LinkCondition = { state: 'up', loss: 0, delay: 0, jitter: 0 };

/**
 * What happens to the next frame: lost (undefined), or delivered after so many milliseconds.
 *
 * @param random gives numbers in [0, 1)
 */
export function frameDelivery(condition: LinkCondition, random: () => number): number | undefined {
  if (condition.state === 'cut') return undefined;
  if (condition.loss > 0 && random() < condition.loss) return undefined;
  return condition.delay + (condition.jitter > 0 ? random() * condition.jitter : 0);
}
