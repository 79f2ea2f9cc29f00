import { formatBytes } from '../../core/format-bytes.ts';

/** An amount of work in its unit: bytes are scaled, items are counted. */
export function formatAmount(amount: number, unit: 'bytes' | 'items' | undefined): string {
  return unit === 'bytes' ? formatBytes(amount) : amount.toString();
}
