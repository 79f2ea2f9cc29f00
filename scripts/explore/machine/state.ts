import type { ExploreSettings } from '../settings.ts';

/** One node, as far as VRRP cares. Mutable: a run changes a copy. */
export interface NodeState {
  power: 'off' | 'on' | 'paused';
  /** Whether frames pass from the node to the LAN, and from the LAN to the node. */
  out: boolean;
  in: boolean;
  haproxy: 'well' | 'dead' | 'hung' | 'full';
  /** What each of its own scripts would find. */
  readonly scripts: boolean[];
  /** keepalived's state, and its opinions: of the check, of the process, of each script. */
  vrrp: 'BACKUP' | 'MASTER' | 'FAULT';
  checkGood: boolean;
  processGood: boolean;
  readonly scriptsGood: boolean[];
}

export type TimerKind =
  /** Master_Down_Timer of a BACKUP (RFC 9568, 6.2). */
  | 'down'
  /** `preempt_delay`, and the down timer after it. */
  | 'preempt'
  /** The check, or a script, is about to change its verdict. */
  | 'check'
  | 'script'
  /** An advert of `node` is about to reach `other`, which is MASTER too. */
  | 'advert'
  /** Gratuitous ARP: the second round after becoming MASTER, and the refresh. */
  | 'round'
  | 'refresh';

export interface Timer {
  readonly kind: TimerKind;
  readonly node: number;
  /** The other node of an advert, the index of a script; -1 elsewhere. */
  readonly other: number;
  /** Milliseconds. */
  left: number;
}

export interface State {
  readonly nodes: NodeState[];
  /** `passes[from][to]`: adverts of one node reach the other, as far as what is between the cables goes. */
  readonly passes: boolean[][];
  /** Whether what scripts of scope `lan` ask answers. */
  readonly lanScripts: boolean[];
  /** Whom the neighbours' tables have for the VIP; -1 = nobody yet. */
  believed: number;
  timers: Timer[];
}

/** All nodes on and well, keepalived just started. */
export function initialState({ nodes, scripts }: ExploreSettings): State {
  return {
    nodes: nodes.map(() => freshNode(scripts.length)),
    passes: nodes.map(() => nodes.map(() => true)),
    lanScripts: scripts.map(() => true),
    believed: -1,
    timers: [],
  };
}

/** A node that has booted a moment ago. */
export function freshNode(scripts: number): NodeState {
  return {
    ...{ power: 'on', out: true, in: true, haproxy: 'well', vrrp: 'BACKUP' },
    ...{ checkGood: true, processGood: true },
    scripts: new Array<boolean>(scripts).fill(true),
    scriptsGood: new Array<boolean>(scripts).fill(true),
  };
}

export function copyState({ nodes, passes, lanScripts, believed, timers }: State): State {
  return {
    nodes: nodes.map((node) => ({
      ...node,
      scripts: [...node.scripts],
      scriptsGood: [...node.scriptsGood],
    })),
    passes: passes.map((row) => [...row]),
    lanScripts: [...lanScripts],
    believed,
    timers: timers.map((timer) => ({ ...timer })),
  };
}

const POWERS = ['off', 'on', 'paused'] as const;
const PROCESSES = ['well', 'dead', 'hung', 'full'] as const;
const VRRP = ['BACKUP', 'MASTER', 'FAULT'] as const;
const KINDS: readonly TimerKind[] = [
  'down',
  'preempt',
  'check',
  'script',
  'advert',
  'round',
  'refresh',
];
/** More than there are nodes, or scripts. */
const INDEX_BASE = 32;

/**
 * The same text for states that are explored as one: all that they hold, but for what is left of the timers, of which the
 * order alone counts, and which have run out already.
 */
export function keyOf({ nodes, passes, lanScripts, believed, timers }: State): string {
  const codes = [believed + 1];
  for (const node of nodes) {
    let code = POWERS.indexOf(node.power);
    code = code * 4 + PROCESSES.indexOf(node.haproxy);
    code = code * 3 + VRRP.indexOf(node.vrrp);
    codes.push(
      bitsOf(code, [node.out, node.in, node.checkGood, node.processGood]),
      bitsOf(1, node.scripts),
      bitsOf(1, node.scriptsGood),
    );
  }
  for (const row of passes) codes.push(bitsOf(1, row));
  codes.push(bitsOf(1, lanScripts));
  for (const { kind, node, other, left } of [...timers].sort(inOrder)) {
    const timer = (KINDS.indexOf(kind) * INDEX_BASE + node) * INDEX_BASE + other + 1;
    codes.push(timer * 2 + (left === 0 ? 1 : 0));
  }
  return String.fromCharCode(...codes);
}

function inOrder(a: Timer, b: Timer): number {
  const kinds = KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
  return a.left - b.left || kinds || a.node - b.node || a.other - b.other;
}

function bitsOf(code: number, values: readonly boolean[]): number {
  return values.reduce((sum, value) => sum * 2 + (value ? 1 : 0), code);
}
