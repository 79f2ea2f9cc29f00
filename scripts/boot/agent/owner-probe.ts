import { ownerQuestion } from '../lan/owner-question.ts';

/** A station of its own on the segment: its MAC is neither a machine's nor the kernel's. */
const PROBE_MAC = '02:76:69:70:00:02';

/**
 * Asks again and again who has some addresses. The kernel asks rarely, and believes one answer; here every holder is
 * heard each time, because the switch reports every answer by the port where it came in.
 */
export class OwnerProbe {
  readonly #send: (frame: Buffer) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (frame: Buffer) => void) {
    this.#send = send;
  }

  /** @param addresses instead of those that were asked for so far; none to end it */
  ask(addresses: readonly string[], everyMs: number): void {
    clearInterval(this.#timer);
    const questions = addresses.map((address) => ownerQuestion(address, PROBE_MAC));
    if (questions.length === 0) return;
    this.#timer = setInterval(() => {
      for (const question of questions) this.#send(question);
    }, everyMs);
  }
}
