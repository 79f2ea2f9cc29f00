import type { Cost } from './measure.ts';

/** One line of the result: what was measured, against what. */
export interface Row {
  readonly what: string;
  readonly cost: Cost;
  /** Bytes that went through, where that says something. */
  readonly bytes?: number | undefined;
  /** The cost of the yardstick, and how many times that this may take. */
  readonly limit?: { readonly times: number; readonly of: Row } | undefined;
}

const COLUMNS = ['', 'cpu', 'peak', 'throughput', 'ratio', 'limit', ''] as const;

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
  const { what, cost, bytes, limit } = row;
  return [
    what,
    `${cost.milliseconds.toFixed(0)} ms`,
    cost.peakBytes === 0 ? '' : `${(cost.peakBytes / 1e6).toFixed(0)} MB`,
    bytes === undefined ? '' : `${(bytes / 1e3 / cost.milliseconds).toFixed(0)} MB/s`,
    limit === undefined ? '' : `${ratioOf(row).toFixed(1)}×`,
    limit === undefined ? '' : `≤ ${limit.times.toFixed(1)}× ${limit.of.what}`,
    limit === undefined ? '' : isWithin(row) ? 'ok' : 'OVER',
  ];
}

function ratioOf({ cost, limit }: Row): number {
  return limit === undefined ? 0 : cost.milliseconds / limit.of.cost.milliseconds;
}

export function isWithin(row: Row): boolean {
  return row.limit === undefined || ratioOf(row) <= row.limit.times;
}
