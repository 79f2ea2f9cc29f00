const UNIT_SECONDS: Readonly<Record<string, number>> = {
  us: 0.000_001,
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
};

/** Seconds of a time in HAProxy's notation with its unit (`500ms`, `1m`). */
export function secondsOf(time: string): number {
  const match = /^(\d+)([a-z]+)$/.exec(time);
  return Number(match?.[1] ?? 0) * (UNIT_SECONDS[match?.[2] ?? 's'] ?? 1);
}
