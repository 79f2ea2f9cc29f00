import { expect, test } from 'vitest';
import { readTraces, scenarioOf } from '../../../../scripts/prove/scenarios/replay.ts';
import { minimalFile, modelOf } from '../../../support/cluster/cluster-file.ts';

const CLUSTER = modelOf(minimalFile());
const TRACE = {
  group: 'vip',
  condition: 'not-announced',
  nodes: ['lb-1', 'lb-2'],
  allowedSeconds: 13.2,
  faults: [
    { fault: { do: 'pause', node: 'lb-1' } },
    { fault: { do: 'resume', node: 'lb-1' }, afterSeconds: 2.6 },
    { fault: { do: 'cut-out', node: 'lb-2' } },
    { fault: { do: 'cut-in', node: 'lb-2' } },
    { fault: { do: 'mend-out', node: 'lb-2' } },
  ],
};

test('a trace becomes one step with the times between its faults', () => {
  const [trace] = readTraces(`${JSON.stringify({ type: 'other' })}\n${JSON.stringify(TRACE)}\n`);
  if (trace === undefined) throw new Error('no trace');
  const { steps } = scenarioOf(trace, CLUSTER, 1);
  expect(steps).toHaveLength(1);
  expect(steps[0]).toMatchObject({ id: 'replay-1', endsWith: 'anyone', watchSeconds: 14 });
  expect(steps[0]?.actions).toEqual([
    { do: 'pause', node: 'holder' },
    { do: 'wait', seconds: 2.6 },
    { do: 'resume', node: 'holder' },
    { do: 'wait', seconds: 13.2 },
    { do: 'cable', node: 'standby', fromMachine: { state: 'cut' } },
    { do: 'wait', seconds: 13.2 },
    { do: 'cable', node: 'standby', fromMachine: { state: 'cut' }, toMachine: { state: 'cut' } },
    { do: 'wait', seconds: 13.2 },
    { do: 'cable', node: 'standby', toMachine: { state: 'cut' } },
  ]);
});

test('lost adverts are dropped inside the node that would hear them', () => {
  const faults = [
    { fault: { do: 'lose-adverts', node: 'lb-2', other: 'lb-1' } },
    { fault: { do: 'pass-adverts', node: 'lb-2', other: 'lb-1' }, afterSeconds: 0 },
  ];
  const [trace] = readTraces(
    JSON.stringify({ data: { findings: [{ trace: { ...TRACE, faults } }] } }),
  );
  if (trace === undefined) throw new Error('no trace');
  expect(scenarioOf(trace, CLUSTER, 1).steps[0]?.actions).toEqual([
    {
      do: 'run',
      node: 'holder',
      command:
        "nft 'add table inet replay_lb_2; add chain inet replay_lb_2 input { type filter hook input priority -300; }; add rule inet replay_lb_2 input ip saddr 192.168.9.138 meta l4proto 112 drop'",
    },
    { do: 'run', node: 'holder', command: 'nft delete table inet replay_lb_2' },
  ]);
});

test('what holds no trace, and what cannot be done to a machine, is refused', () => {
  expect(() => readTraces('{"type":"result"}\nno JSON')).toThrow('holds no trace');
  const full = { ...TRACE, faults: [{ fault: { do: 'fill-haproxy', node: 'lb-1' } }] };
  const [trace] = readTraces(JSON.stringify(full));
  if (trace === undefined) throw new Error('no trace');
  expect(() => scenarioOf(trace, CLUSTER, 1)).toThrow('cannot be replayed');
  const foreign = {
    ...trace,
    nodes: ['lb-9'],
    faults: [{ fault: { do: 'pause', node: 'lb-9' } as const }],
  };
  expect(() => scenarioOf(foreign, CLUSTER, 1)).toThrow('lb-9, which is no node of this cluster');
});
