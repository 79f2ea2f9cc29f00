import type { Cost } from './measure.ts';

/** One line of the result: what was measured, against what. */
export interface Row {
  readonly what: string;
  readonly cost: Cost;
  /** Bytes that went through, where that says something. */
  readonly bytes?: number | undefined;
  /** The cost of the yardstick, and how many times that this may take. */
  readonly limit?: { readonly times: number; readonly of: Row } | undefined;
  /** Bytes of memory that it may take at most. */
  readonly peakLimit?: number | undefined;
}

const COLUMNS = ['', 'cpu', 'throughput', 'ratio', 'limit', '', 'peak', 'limit', ''] as const;

/** Rows as text in columns, under a title. */
export function formatTable(title: string, rows: readonly Row[]): string {
  const cells = [[...COLUMNS], ...rows.map(cellsOf)];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  );
  const lines = cells.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  return [title, ...lines, ''].join('\n');
}

function cellsOf(row: Row): string[] {
  const { what, cost, bytes, limit, peakLimit } = row;
  return [
    what,
    `${cost.milliseconds.toFixed(0)} ms`,
    bytes === undefined ? '' : `${(bytes / 1e3 / cost.milliseconds).toFixed(0)} MB/s`,
    limit === undefined ? '' : `${ratioOf(row).toFixed(1)}×`,
    limit === undefined ? '' : `≤ ${limit.times.toFixed(1)}× ${limit.of.what}`,
    limit === undefined ? '' : verdict(isFastEnough(row)),
    cost.peakBytes === 0 ? '' : megabytes(cost.peakBytes),
    peakLimit === undefined ? '' : `≤ ${megabytes(peakLimit)}`,
    peakLimit === undefined ? '' : verdict(isSmallEnough(row)),
  ];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function verdict(kept: boolean): string {
  return kept ? 'ok' : 'OVER';
}

function ratioOf({ cost, limit }: Row): number {
  return limit === undefined ? 0 : cost.milliseconds / limit.of.cost.milliseconds;
}

/** Whether a row keeps its limits. */
export function isWithin(row: Row): boolean {
  return isFastEnough(row) && isSmallEnough(row);
}

function isFastEnough(row: Row): boolean {
  return row.limit === undefined || ratioOf(row) <= row.limit.times;
}

function isSmallEnough({ cost, peakLimit }: Row): boolean {
  return peakLimit === undefined || cost.peakBytes <= peakLimit;
}
