import { z } from 'zod';
import { NODE_FAULTS } from '../machine/faults.ts';
import type { Fault } from '../machine/faults.ts';
import { CONDITIONS } from '../search/conditions.ts';
import type { GroupFinding } from '../search/explore-group.ts';
import type { ExploreSettings } from '../settings.ts';

const FaultDocument = z.union([
  z.strictObject({ do: z.enum(NODE_FAULTS), node: z.string() }),
  z.strictObject({
    do: z.enum(['lose-adverts', 'pass-adverts']),
    node: z.string(),
    other: z.string(),
  }),
  z.strictObject({
    do: z.enum(['fail-script', 'mend-script']),
    node: z.string(),
    script: z.string(),
  }),
  z.strictObject({ do: z.enum(['fail-target', 'mend-target']), script: z.string() }),
]);

/** A finding of `check --explore`, as `prove --replay` reads it. Times in seconds. */
export const TraceDocument = z.strictObject({
  group: z.string(),
  condition: z.enum(CONDITIONS),
  /** Host names by rank: the first holds the VIP when the trace begins. */
  nodes: z.array(z.string()).min(1),
  /** How long the condition lasts; absent = it stays. */
  lastsSeconds: z.number().optional(),
  allowedSeconds: z.number(),
  faults: z.array(
    z.strictObject({
      fault: FaultDocument,
      /** It comes so long after the one before; absent = when all is at rest. */
      afterSeconds: z.number().optional(),
    }),
  ),
});
export type TraceDocument = z.infer<typeof TraceDocument>;
export type FaultDocument = z.infer<typeof FaultDocument>;

export function traceDocument(settings: ExploreSettings, finding: GroupFinding): TraceDocument {
  const { condition, lastsMs, allowedMs, trace } = finding;
  return {
    group: settings.name,
    condition,
    nodes: settings.nodes.map(({ hostname }) => hostname),
    ...(lastsMs !== Infinity && { lastsSeconds: lastsMs / 1000 }),
    allowedSeconds: allowedMs / 1000,
    faults: trace.map(({ fault, afterMs }) => ({
      fault: faultDocument(settings, fault),
      ...(afterMs !== undefined && { afterSeconds: afterMs / 1000 }),
    })),
  };
}

export function faultDocument({ nodes, scripts }: ExploreSettings, fault: Fault): FaultDocument {
  const node = (index: number): string => nodes[index]?.hostname ?? '';
  const script = (index: number): string => scripts[index]?.name ?? '';
  if (!('node' in fault)) return { do: fault.do, script: script(fault.script) };
  if ('script' in fault)
    return { do: fault.do, node: node(fault.node), script: script(fault.script) };
  if ('other' in fault) return { do: fault.do, node: node(fault.node), other: node(fault.other) };
  return { do: fault.do, node: node(fault.node) };
}
