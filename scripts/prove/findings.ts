/** What a proof by boot can hold against a cluster: closed, so that machines can act on it. */
export const FINDING_CODES = [
  /** An image is not what the cluster file and the lock render. */
  'image-differs',
  /** A node did not come to its login prompt. */
  'boot-failed',
  /** A package was not installed, or a step of the boot failed. */
  'boot-incomplete',
  /** A service that the node exists for was not started. */
  'service-missing',
  /** Nobody, or the wrong node, holds the VIP before anything is broken. */
  'no-master',
  'wrong-master',
  /** Two nodes spoke as VRRP master, or answered ARP for the VIP, for longer than a hand-over takes. */
  'two-masters',
  'duplicate-vip',
  'vip-unanswered',
  /** An API server that serves gets no requests. */
  'backend-unreached',
  /** Requests went to an API server that was to be out of service. */
  'backend-trusted',
  /** More time without answers than the timers allow. */
  'lost-too-long',
  'not-taken-over',
  'not-taken-back',
  /** The VIP moved without a gratuitous ARP or neighbour advertisement. */
  'not-announced',
  /** The VIP moved though nothing asked for it. */
  'flapped',
  /** A long stream ended though its API server lived, or hung though it died. */
  'stream-broken',
  'stream-hung',
  /** The fault could not be brought about. */
  'not-performed',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/** One of them, and what was seen, for people. */
export interface ProofFinding {
  readonly code: FindingCode;
  readonly text: string;
}
