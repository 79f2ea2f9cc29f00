import type { ExploreSettings } from '../../../scripts/explore/settings.ts';

/** keepalived.conf of countless tutorials: VRRP 2, a process check, and no gratuitous ARP but the first ones. */
export const TUTORIAL: ExploreSettings = {
  name: 'vip',
  nodes: [
    { hostname: 'lb-1', priority: 101, startsAs: 'MASTER', addressRank: 0 },
    { hostname: 'lb-2', priority: 100, startsAs: 'BACKUP', addressRank: 1 },
  ],
  version: 2,
  advertMs: 1000,
  preempt: true,
  preemptDelayMs: 0,
  loserSendsAdvert: false,
  winnerAnnounces: true,
  refreshMs: undefined,
  secondRoundMs: 5000,
  check: {
    asks: 'process',
    trackProcess: false,
    weight: 2,
    intervalMs: 2000,
    timeoutMs: 2000,
    fall: 1,
    rise: 1,
  },
  scripts: [],
  deaf: [],
};
