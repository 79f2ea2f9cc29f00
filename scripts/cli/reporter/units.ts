const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units, one digit after the point from kB up: `54.1 MB`. */
export function formatBytes(bytes: number): string {
  const power = Math.min(
    BYTE_UNITS.length - 1,
    bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3),
  );
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value.toString() : value.toFixed(1)} ${BYTE_UNITS[power] ?? 'TB'}`;
}

/** `0.4 s`, `12.3 s`, `2 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** An amount of work in its unit: bytes are scaled, items are counted. */
export function formatAmount(amount: number, unit: 'bytes' | 'items' | undefined): string {
  return unit === 'bytes' ? formatBytes(amount) : amount.toString();
}
