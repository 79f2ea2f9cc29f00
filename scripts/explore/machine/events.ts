import type { ExploreSettings } from '../settings.ts';
import { isRunning, beats, hears, inFault, reaches, skewMs } from './rules.ts';
import type { NodeState, State, Timer } from './state.ts';

/** What happened, for the timeline of a trace; `node` is an index. */
export interface Happening {
  readonly node: number;
  readonly text: string;
}

type Tell = (node: number, text: string) => void;

/** A timer has run out: does what keepalived does then. The timer must be gone from the state already. */
export function fire(settings: ExploreSettings, state: State, timer: Timer, tell: Tell): void {
  const { kind, node: index, other } = timer;
  const node = state.nodes[index];
  if (node === undefined) return;
  switch (kind) {
    case 'down':
    case 'preempt':
      tell(index, 'hears no better MASTER in time');
      becomeMaster(settings, state, index, tell);
      return;
    case 'check':
      node.checkGood = !node.checkGood;
      tell(index, `check of haproxy: ${node.checkGood ? 'good' : 'failed'}`);
      judge(settings, state, index, tell);
      return;
    case 'script':
      node.scriptsGood[other] = node.scriptsGood[other] !== true;
      tell(
        index,
        `script ${settings.scripts[other]?.name ?? ''}: ${node.scriptsGood[other] ? 'good' : 'failed'}`,
      );
      judge(settings, state, index, tell);
      return;
    case 'advert':
      receive(settings, state, { hearer: other, sender: index }, tell);
      // The next one, should it still matter.
      state.timers.push({ kind: 'advert', node: index, other, left: settings.advertMs });
      return;
    case 'round':
    case 'refresh':
      announce(state, index, tell);
  }
}

/** Follows a verdict: into FAULT, or out of it. */
export function judge(settings: ExploreSettings, state: State, index: number, tell: Tell): void {
  const node = state.nodes[index];
  if (node === undefined) return;
  const fault = inFault(settings, node);
  if (fault && node.vrrp === 'MASTER') release(settings, state, index, tell);
  if (fault && node.vrrp !== 'FAULT') {
    node.vrrp = 'FAULT';
    tell(index, 'enters FAULT');
  }
  if (!fault && node.vrrp === 'FAULT') {
    node.vrrp = 'BACKUP';
    tell(index, 'leaves FAULT for BACKUP');
  }
}

/** An advert of priority 0: who hears it takes over after its skew (RFC 9568, 6.4.2). */
function release(settings: ExploreSettings, state: State, index: number, tell: Tell): void {
  tell(index, 'gives the VIP up (priority 0)');
  state.nodes.forEach((node, other) => {
    if (other === index || node.vrrp !== 'BACKUP') return;
    if (!hears(settings, state, other, index)) return;
    state.timers = state.timers.filter(
      ({ kind, node: whose }) => whose !== other || (kind !== 'down' && kind !== 'preempt'),
    );
    const left = skewMs(settings, state, other);
    state.timers.push({ kind: 'down', node: other, other: -1, left });
  });
}

function becomeMaster(settings: ExploreSettings, state: State, index: number, tell: Tell): void {
  const node = state.nodes[index];
  if (node === undefined) return;
  node.vrrp = 'MASTER';
  tell(index, 'becomes MASTER');
  announce(state, index, tell);
  if (settings.secondRoundMs > 0)
    state.timers.push({ kind: 'round', node: index, other: -1, left: settings.secondRoundMs });
}

/** Gratuitous ARP, or an unsolicited neighbour advertisement: who hears it sends to this node from now on. */
function announce(state: State, index: number, tell: Tell): void {
  const node = state.nodes[index];
  if (node === undefined || !isRunning(node) || !node.out || state.believed === index) return;
  state.believed = index;
  tell(index, 'announces the VIP, and the LAN believes it');
}

/** A MASTER hears another one (RFC 9568, 6.4.3, and what keepalived does beyond it). */
function receive(
  settings: ExploreSettings,
  state: State,
  { hearer, sender }: { readonly hearer: number; readonly sender: number },
  tell: Tell,
): void {
  const node = state.nodes[hearer];
  if (node?.vrrp !== 'MASTER') return;
  if (beats(settings, state, sender, hearer)) {
    stepDown(settings, state, { loser: hearer, winner: sender }, tell);
    return;
  }
  hearLesser(settings, state, hearer, tell);
  // It answers with an advert of its own at once.
  if (reaches(state, hearer, sender) && hears(settings, state, sender, hearer))
    stepDown(settings, state, { loser: sender, winner: hearer }, tell);
}

function stepDown(
  settings: ExploreSettings,
  state: State,
  { loser, winner }: { readonly loser: number; readonly winner: number },
  tell: Tell,
): void {
  const node: NodeState | undefined = state.nodes[loser];
  if (node?.vrrp !== 'MASTER') return;
  node.vrrp = 'BACKUP';
  tell(loser, `hears the better ${settings.nodes[winner]?.hostname ?? ''} and becomes BACKUP`);
  if (settings.loserSendsAdvert && hears(settings, state, winner, loser))
    hearLesser(settings, state, winner, tell);
}

function hearLesser(settings: ExploreSettings, state: State, winner: number, tell: Tell): void {
  if (settings.winnerAnnounces && state.nodes[winner]?.vrrp === 'MASTER')
    announce(state, winner, tell);
}
