import type { minimalFile, World } from '../../../support/cluster/cluster-file.ts';

export type Changes = Parameters<typeof minimalFile>[0];

/** One thing that a rule finds, and the nearest file in which it finds nothing. */
export interface RuleCase {
  readonly code: string;
  readonly what: string;
  readonly bad: Changes;
  /** `severity path` of the finding, and a part of its message. */
  readonly finding: readonly [string, string];
  readonly good: Changes;
  readonly world?: World;
}

export const lb1 = { hostname: 'lb-1', address: '192.168.9.137/24' };
export const lb2 = { hostname: 'lb-2', address: '192.168.9.138/24' };
export const lb3 = { hostname: 'lb-3', address: '192.168.9.136/24' };

export const server = (name: string, address: string) => ({ name, address });
