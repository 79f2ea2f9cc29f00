import type { Scenario } from './model.ts';

const HEARD = 'The VIP does not move, and every API server gets requests.';

/** The name server that backends by name are looked up at. */
export const NAME_SCENARIOS: readonly Scenario[] = [
  {
    id: 'name-server-dead',
    set: 'full',
    needs: ['names'],
    steps: [
      {
        id: 'name-server-refuses',
        title: 'The name server is stopped',
        action: 'Its port refuses questions.',
        expectation: `What was learnt stays. ${HEARD}`,
        actions: [{ do: 'name-server', mode: 'stopped' }],
        endsWith: 'holder',
        loss: 'nothing',
        serversOut: 0,
        watchSeconds: 5,
      },
      {
        id: 'name-server-silent',
        title: 'The name server loses its power',
        action: 'Questions get no answer, for longer than answers are good for (hold valid).',
        expectation: `What was learnt stays. ${HEARD}`,
        actions: [{ do: 'name-server', mode: 'silent' }],
        endsWith: 'holder',
        loss: 'nothing',
        serversOut: 0,
        watchSeconds: 15,
      },
      {
        id: 'boot-without-name-server',
        title: 'The standby node boots while the name server is dead',
        action: 'Its power is cut and comes back; nobody answers its questions.',
        expectation: 'It boots and starts haproxy without waiting, and the VIP does not move.',
        actions: [
          { do: 'cut-power', node: 'standby' },
          { do: 'power-on', node: 'standby' },
        ],
        endsWith: 'holder',
        loss: 'nothing',
      },
      {
        id: 'name-server-back',
        title: 'The name server is back',
        action: 'It answers again.',
        expectation: HEARD,
        actions: [
          { do: 'name-server', mode: 'serving' },
          { do: 'wait', seconds: 10 },
        ],
        endsWith: 'holder',
        loss: 'nothing',
        serversOut: 0,
      },
      {
        id: 'names-learnt-late',
        title: 'The node that booted without it takes over',
        action: 'keepalived is stopped on the VIP holder.',
        expectation: 'The other node has learnt the addresses meanwhile, and answers.',
        actions: [{ do: 'run', node: 'holder', command: 'rc-service keepalived stop' }],
        endsWith: 'standby',
        loss: 'graceful-release',
        serversOut: 0,
      },
      {
        id: 'names-learnt-late-over',
        title: 'keepalived is started on the first holder',
        action: 'rc-service keepalived start.',
        expectation: 'The VIP returns unless the cluster file says nopreempt.',
        actions: [{ do: 'run', node: 'holder', command: 'rc-service keepalived start' }],
        endsWith: 'preferred',
        loss: 'hand-over',
      },
    ],
  },
];
