import type { ClusterModel } from '../../cluster/model.ts';
import { hostAddresses } from '../../cluster/node-addresses.ts';
import { VipisoError } from '../../core/errors.ts';
import { faultText } from '../../explore/report/timeline.ts';
import { TraceDocument } from '../../explore/report/trace-document.ts';
import type { FaultDocument } from '../../explore/report/trace-document.ts';
import type { FaultAction, FaultStep, NodeRef, Scenario } from './model.ts';

const ROLES: readonly NodeRef[] = ['holder', 'standby', 'third'];

/**
 * The traces in what `check --explore --json` printed: JSON lines, of which those of other results are passed over.
 *
 * @throws VipisoError usage where there is none
 */
export function readTraces(text: string): readonly TraceDocument[] {
  const traces = text.split('\n').flatMap((line) => tracesOf(parsed(line)));
  if (traces.length > 0) return traces;
  throw new VipisoError('usage', 'the file holds no trace to replay', {
    hint: 'It is what this prints where something was found: vipiso check --explore --json',
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function tracesOf(value: unknown): readonly TraceDocument[] {
  const trace = TraceDocument.safeParse(value);
  if (trace.success) return [trace.data];
  if (typeof value !== 'object' || value === null) return [];
  const inner: unknown[] = Object.entries(value).flatMap(([key, it]: [string, unknown]) =>
    ['data', 'findings', 'trace'].includes(key)
      ? Array.isArray(it)
        ? (it as unknown[])
        : [it]
      : [],
  );
  return inner.flatMap(tracesOf);
}

/**
 * A trace as a scenario of one step: its faults with the times between them. Who holds the VIP in the end is not asked,
 * only that one node does.
 *
 * @throws VipisoError usage for a fault that cannot be done to a booted machine, or a node that the cluster does not have
 */
export function scenarioOf(trace: TraceDocument, cluster: ClusterModel, place: number): Scenario {
  const cables = new Map<string, { out: boolean; in: boolean }>();
  const actions = trace.faults.flatMap(({ fault, afterSeconds }, index): FaultAction[] => {
    const seconds = index === 0 ? 0 : (afterSeconds ?? trace.allowedSeconds);
    const pause: FaultAction[] = seconds > 0 ? [{ do: 'wait', seconds }] : [];
    return [...pause, actionOf(fault, trace, cluster, cables)];
  });
  const id = `replay-${place}`;
  const step: FaultStep = {
    id,
    title: `Replay: ${trace.condition} of ${trace.group}`,
    action: `${trace.faults.map(({ fault }) => faultText(fault)).join('; then ')}.`,
    expectation: 'One node holds the VIP and answers, and the LAN knows it.',
    actions,
    endsWith: 'anyone',
    splitBrain: true,
    watchSeconds: Math.ceil(trace.allowedSeconds),
  };
  return { id, set: 'full', steps: [step] };
}

function actionOf(
  fault: FaultDocument,
  trace: TraceDocument,
  cluster: ClusterModel,
  cables: Map<string, { out: boolean; in: boolean }>,
): FaultAction {
  const roleOf = (hostname: string): NodeRef => {
    const role = ROLES[trace.nodes.indexOf(hostname)];
    const isThere = cluster.nodes.some((node) => node.hostname === hostname);
    if (role !== undefined && isThere) return role;
    throw new VipisoError(
      'usage',
      `the trace is about ${hostname}, which is no node of this cluster`,
    );
  };
  switch (fault.do) {
    case 'cut-power':
    case 'power-on':
    case 'pause':
    case 'resume':
      return { do: fault.do, node: roleOf(fault.node) };
    case 'kill-haproxy':
      return run(roleOf(fault.node), 'killall -KILL haproxy');
    case 'start-haproxy':
      return run(roleOf(fault.node), 'rc-service haproxy zap; rc-service haproxy start');
    case 'hang-haproxy':
      return run(roleOf(fault.node), 'killall -STOP haproxy');
    case 'wake-haproxy':
      return run(roleOf(fault.node), 'killall -CONT haproxy');
    case 'cut-out':
    case 'mend-out':
    case 'cut-in':
    case 'mend-in': {
      const cable = { ...(cables.get(fault.node) ?? { out: true, in: true }) };
      const [what, direction] = fault.do.split('-');
      cable[direction === 'out' ? 'out' : 'in'] = what === 'mend';
      cables.set(fault.node, cable);
      return {
        do: 'cable',
        node: roleOf(fault.node),
        ...(!cable.out && { fromMachine: { state: 'cut' } }),
        ...(!cable.in && { toMachine: { state: 'cut' } }),
      };
    }
    case 'lose-adverts':
    case 'pass-adverts':
      return run(roleOf(fault.other), advertFilter(fault, cluster));
    case 'fill-haproxy':
    case 'drain-haproxy':
    case 'fail-script':
    case 'mend-script':
    case 'fail-target':
    case 'mend-target':
      throw new VipisoError(
        'usage',
        `this cannot be replayed on booted machines: ${faultText(fault)}`,
      );
  }
}

function run(node: NodeRef, command: string): FaultAction {
  return { do: 'run', node, command };
}

/** Drops the adverts of one node, and nothing else, before the node's own packet filter sees them. */
function advertFilter(
  fault: { readonly do: 'lose-adverts' | 'pass-adverts'; readonly node: string },
  { nodes }: ClusterModel,
): string {
  const table = `replay_${fault.node.replaceAll('-', '_')}`;
  if (fault.do === 'pass-adverts') return `nft delete table inet ${table}`;
  const sender = nodes.find(({ hostname }) => hostname === fault.node);
  const addresses = sender === undefined ? [] : hostAddresses(sender);
  const rules = addresses.map(
    (address) =>
      `add rule inet ${table} input ${address.includes(':') ? 'ip6' : 'ip'} saddr ${address} meta l4proto 112 drop`,
  );
  const chain = `add chain inet ${table} input { type filter hook input priority -300; }`;
  return `nft '${[`add table inet ${table}`, chain, ...rules].join('; ')}'`;
}
