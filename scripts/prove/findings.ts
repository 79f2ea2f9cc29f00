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
  'split-brain',
  'duplicate-vip',
  'vip-unreachable',
  /** An API server that serves gets no requests. */
  'healthy-backend-out-of-rotation',
  /** Requests went to an API server that was to be out of service. */
  'failed-backend-in-rotation',
  /** More time without answers than the cluster file's `slo` asks for. */
  'slo-missed',
  /** More time without answers than the timers allow. */
  'outage-too-long',
  'failover-failed',
  'failback-failed',
  /** The VIP moved without a gratuitous ARP or neighbour advertisement. */
  'vip-not-announced',
  /** The VIP moved without a reason. */
  'vip-flapping',
  /** A long stream ended though its API server lived, or hung though it died. */
  'stream-broken',
  'stream-hung',
  /** The fault could not be injected. */
  'fault-injection-failed',
  /** A rollout did not come to its end, failed requests, or cut a watch stream more than once. */
  'upgrade-stuck',
  'upgrade-lost-requests',
  'upgrade-cut-streams',
  /** Clients of real API servers: requests failed or waited for too long, an acknowledged write is gone. */
  'control-plane-requests',
  'control-plane-lost-writes',
  /** A watch missed an event or had one twice; an upgraded connection garbled bytes; a controller lost its lease. */
  'control-plane-watch',
  'control-plane-stream',
  'control-plane-leader',
  /** The API servers or their clients did not get going. */
  'control-plane-stuck',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/** One of them, and what was seen, for people. */
export interface ProofFinding {
  readonly code: FindingCode;
  readonly text: string;
}
