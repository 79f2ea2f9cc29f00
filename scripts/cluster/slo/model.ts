import type { SloFile } from '../schema/slo.ts';

export const SLO_KEYS = ['proxy_loss', 'haproxy_loss', 'api_server_loss', 'planned'] as const;
export type SloKey = (typeof SLO_KEYS)[number];

/** What a cluster file asks for, in seconds. */
export type SloModel = Readonly<Partial<Record<SloKey, number>>>;

/** Seconds that a proof cannot tell from none: it asks every 0.05 s at the least. */
export const EXACTNESS_SECONDS = 0.05;

export function sloOf(file: SloFile): SloModel {
  const asked: Partial<Record<SloKey, number>> = {};
  for (const key of SLO_KEYS) {
    const written = file[key];
    if (written !== undefined) asked[key] = secondsOf(written);
  }
  return asked;
}

function secondsOf(written: number | string): number {
  if (typeof written === 'number') return written;
  const value = Number.parseFloat(written);
  return written.endsWith('ms') ? value / 1000 : value;
}

/** Whether so much loss is within what was asked for. */
export function keeps(lostSeconds: number, askedSeconds: number): boolean {
  return lostSeconds <= askedSeconds + 1e-9 || lostSeconds <= EXACTNESS_SECONDS;
}
