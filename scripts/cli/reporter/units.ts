import { formatBytes } from '../../core/format-bytes.ts';

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
