import type { BootedCluster } from '../../boot/boot-cluster.ts';
import type { Lan } from '../../boot/lan/lan.ts';
import type { StreamKind, StreamRecord } from '../../boot/lan/protocol.ts';
import type { ClusterModel } from '../../cluster/model.ts';
import type { ProofFinding } from '../findings.ts';
import type { FaultStep } from '../scenarios/model.ts';
import { serverNames } from './server-names.ts';

const OPEN_WITHIN_MS = 5000;
/** The fake API servers send an event every second, and echo at once. */
const ALIVE_MS = 5000;
/** `kubectl get --watch` and `kubectl exec`: for each API server of a balanced service one of each. */
const KINDS: readonly StreamKind[] = ['watch', 'exec'];

/** A long stream that was open before a step, and what became of it. */
export interface StreamOutcome {
  readonly name: string;
  readonly record: StreamRecord;
}

/** By name; what is not in it is not touched. */
export type Touched = ReadonlyMap<string, 'must-end' | 'may-hang'>;

/** Opens long streams through the VIP, enough for every API server to have some. */
export async function openStreams(
  { lan }: BootedCluster,
  cluster: ClusterModel,
): Promise<readonly string[]> {
  const [frontend] = lan.plan.frontends;
  if (frontend === undefined) return [];
  const { address, port } = frontend;
  const target = { scheme: 'https', address, port, timeoutMs: OPEN_WITHIN_MS } as const;
  const names: string[] = [];
  for (const kind of KINDS) {
    for (let index = 1; index <= serverNames(cluster, { lan }, 'all').length; index++) {
      const name = `${kind}-${index}`;
      await lan.openStream(name, { kind, target });
      names.push(name);
    }
  }
  return names;
}

export async function closeStreams(
  lan: Lan,
  names: readonly string[],
): Promise<readonly StreamOutcome[]> {
  return await Promise.all(
    names.map(async (name) => ({ name, record: await lan.streamed(name, 'end') })),
  );
}

/**
 * A stream must go on while its API server and its proxy live, and break cleanly when its API server is gone. Where the
 * VIP moves, every stream breaks: TCP connections do not move along.
 *
 * @param now milliseconds since the epoch
 */
export function judgeStreams(
  faultStep: FaultStep,
  streamOutcomes: readonly StreamOutcome[],
  touched: Touched,
  now: number,
): readonly ProofFinding[] {
  if (faultStep.endsWith !== 'holder') return [];
  return streamOutcomes.flatMap(({ name, record }): readonly ProofFinding[] => {
    if (record.server === '') return [];
    const about = `${name} to ${record.server}`;
    const silent = now - record.lastEventAt > ALIVE_MS;
    const expectedEnd = touched.get(record.server);
    if (expectedEnd !== undefined) {
      const hangs = expectedEnd === 'must-end' && record.ended === undefined && silent;
      return hangs
        ? [{ code: 'stream-hung', text: `${about} hangs though its API server is gone` }]
        : [];
    }
    if (record.ended !== undefined)
      return [{ code: 'stream-broken', text: `${about} ended (${record.ended.how})` }];
    return silent ? [{ code: 'stream-hung', text: `${about} is silent` }] : [];
  });
}

/** API servers that a step touches: their streams may end. */
export function serversTouched(
  faultStep: FaultStep,
  cluster: ClusterModel,
  booted: BootedCluster,
): Touched {
  const touched = new Map<string, 'must-end' | 'may-hang'>();
  const closes = cluster.services[0]?.defaultServer.shutdownSessionsOnDown === true;
  for (const action of faultStep.actions) {
    if (action.do !== 'api-servers') continue;
    // Nothing but haproxy can end a stream to a server that vanished, and it does only where it is told to.
    const expectedEnd = action.mode === 'silent' && !closes ? 'may-hang' : 'must-end';
    for (const name of serverNames(cluster, booted, action.servers)) touched.set(name, expectedEnd);
  }
  return touched;
}
