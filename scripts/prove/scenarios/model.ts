import type { LinkCondition } from '../../boot/lan/link.ts';
import type { ApiServerMode, NameServerMode } from '../../boot/lan/protocol.ts';

/**
 * Which node an action is done to, settled when its scenario begins: `holder` is the node that answers at the VIP then, `standby` the
 * node of the highest priority among the others, `third` the next one.
 */
export type NodeRef = 'holder' | 'standby' | 'third';

/** Which API servers of the cluster file's first service: the first so many, one by its place (from 1), or all. */
export type ServerRef = number | { readonly nth: number } | 'all';

/** One thing done to a pair. Times in seconds. */
export type FaultAction =
  | {
      readonly do: 'cut-power' | 'power-on' | 'shut-down' | 'press-power-button';
      readonly node: NodeRef;
    }
  /** A command line of sh, as root inside the node. */
  | { readonly do: 'run'; readonly node: NodeRef; readonly command: string }
  /** What is left out is a good cable. */
  | {
      readonly do: 'cable';
      readonly node: NodeRef;
      readonly fromMachine?: Partial<LinkCondition>;
      readonly toMachine?: Partial<LinkCondition>;
    }
  /**
   * Cables pulled out or put back, so that the machine's kernel sees it: of all network cards, or of the first member of
   * the bond that carries the VIPs.
   */
  | {
      readonly do: 'carrier';
      readonly node: NodeRef;
      readonly cards: 'all' | 'first-member';
      readonly up: boolean;
    }
  | { readonly do: 'api-servers'; readonly servers: ServerRef; readonly mode: ApiServerMode }
  | { readonly do: 'name-server'; readonly mode: NameServerMode }
  | { readonly do: 'wait'; readonly seconds: number };

/** What decides how long a client may go without answers: see `limits.ts`. */
export type LossRule =
  | 'advert-timeout'
  | 'health-check-failure'
  | 'health-check-timeout'
  | 'graceful-release'
  | 'hand-over'
  | 'nothing'
  | 'server'
  | 'recovery';

/** What must be so before a step can mean anything; otherwise its scenario is skipped, and says why. */
export type Need =
  | 'two-api-servers'
  | 'three-api-servers'
  | 'three-nodes'
  /** The VIPs are on a bond of two members or more, or on a VLAN on top of it. */
  | 'bond'
  /** Backends are given by name. */
  | 'names'
  /** keepalived's check asks haproxy something, so that it notices one that lives and does nothing. */
  | 'port-probe'
  /** haproxy asks the API servers for more than a TCP connection. */
  | 'https-check'
  /** ... and takes 401 as sick. */
  | 'https-check-without-401';

/** One step of a scenario: actions, and the expected end. Each step gets a report of its own. */
export interface FaultStep {
  readonly id: string;
  readonly title: string;
  /** What is done, and what must happen, each a sentence for people. */
  readonly action: string;
  readonly expectation: string;
  readonly actions: readonly FaultAction[];
  /**
   * Who answers at the VIP in the end. `preferred`: the node of the highest priority that runs, unless the cluster file
   * says nopreempt. `anyone`: one node, whichever. `nobody`: no request is answered any more.
   */
  readonly endsWith: NodeRef | 'preferred' | 'anyone' | 'nobody';
  /** Absent: losses are shown, not judged. */
  readonly loss?: LossRule;
  /** Two masters at once are in the nature of the step. */
  readonly splitBrain?: boolean;
  /** These API servers must get no requests in the end, and all others must. */
  readonly serversOut?: ServerRef;
  /** Seconds to observe at least, after the actions. */
  readonly watchSeconds?: number;
}

/** Steps that belong together: the last ones bring the pair back to where it began. */
export interface Scenario {
  readonly id: string;
  /** The quick set is a part of the full set. */
  readonly set: 'quick' | 'full';
  readonly needs?: readonly Need[];
  readonly steps: readonly FaultStep[];
}
