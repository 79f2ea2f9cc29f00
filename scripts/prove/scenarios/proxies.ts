import type { FaultStep, Scenario } from './model.ts';

const RETURNS = 'It takes the VIP back with nothing lost, unless the cluster file says nopreempt.';

/** The node of a scenario runs well again. */
function healed(
  id: string,
  title: string,
  action: string,
  actions: FaultStep['actions'],
): FaultStep {
  return {
    id,
    title,
    action,
    expectation: RETURNS,
    actions,
    endsWith: 'preferred',
    loss: 'hand-over',
  };
}

/** haproxy and keepalived of the node that holds the VIP, broken while the machine lives. */
export const PROCESS_SCENARIOS: readonly Scenario[] = [
  {
    id: 'haproxy-killed',
    set: 'quick',
    steps: [
      {
        id: 'haproxy-killed',
        title: 'haproxy is killed on the VIP holder',
        action: 'kill -KILL of every haproxy process on the node that holds the VIP.',
        expectation: 'keepalived notices it, and the other node answers.',
        actions: [{ do: 'run', node: 'holder', command: 'killall -KILL haproxy' }],
        endsWith: 'standby',
        loss: 'health-check-failure',
      },
      healed('haproxy-restarted', 'haproxy is started again', 'rc-service haproxy start.', [
        // OpenRC believes that it still runs: its stop would fail, so the service is forgotten first.
        {
          do: 'run',
          node: 'holder',
          command:
            'pidof haproxy >/dev/null || { rc-service haproxy zap; rc-service haproxy start; }',
        },
      ]),
    ],
  },
  {
    id: 'haproxy-stopped',
    set: 'full',
    steps: [
      {
        id: 'haproxy-stopped',
        title: 'haproxy is stopped on the VIP holder',
        action: 'rc-service haproxy stop, as an operator would.',
        expectation: 'keepalived notices it, and the other node answers.',
        actions: [{ do: 'run', node: 'holder', command: 'rc-service haproxy stop' }],
        endsWith: 'standby',
        loss: 'health-check-failure',
      },
      healed('haproxy-started', 'haproxy is started', 'rc-service haproxy start.', [
        { do: 'run', node: 'holder', command: 'rc-service haproxy start' },
      ]),
    ],
  },
  {
    id: 'haproxy-hung',
    set: 'quick',
    needs: ['port-probe'],
    steps: [
      {
        id: 'haproxy-hung',
        title: 'haproxy hangs on the VIP holder',
        action: 'kill -STOP: the processes live, their ports accept, and nothing answers.',
        expectation: 'The check is not fooled, and the other node answers.',
        actions: [{ do: 'run', node: 'holder', command: 'killall -STOP haproxy' }],
        endsWith: 'standby',
        loss: 'health-check-timeout',
      },
      healed('haproxy-woken', 'haproxy goes on', 'kill -CONT.', [
        { do: 'run', node: 'holder', command: 'killall -CONT haproxy' },
      ]),
    ],
  },
  {
    id: 'keepalived-stopped',
    set: 'quick',
    steps: [
      {
        id: 'keepalived-stopped',
        title: 'keepalived is stopped on the VIP holder',
        action: 'rc-service keepalived stop.',
        expectation: 'It sends an advertisement of priority 0, and the other node answers.',
        actions: [{ do: 'run', node: 'holder', command: 'rc-service keepalived stop' }],
        endsWith: 'standby',
        loss: 'graceful-release',
      },
      healed('keepalived-started', 'keepalived is started', 'rc-service keepalived start.', [
        { do: 'run', node: 'holder', command: 'rc-service keepalived start' },
      ]),
    ],
  },
  {
    id: 'keepalived-killed',
    set: 'full',
    steps: [
      {
        id: 'keepalived-killed',
        title: 'keepalived is killed on the VIP holder',
        action: 'kill -KILL of every keepalived process: nobody takes its VIP off the interface.',
        expectation:
          'Its supervisor starts it again, what was left of the VIP goes, and one node answers.',
        actions: [
          { do: 'run', node: 'holder', command: 'killall -KILL keepalived' },
          { do: 'wait', seconds: 4 },
        ],
        endsWith: 'anyone',
        loss: 'advert-timeout',
        splitBrain: true,
        watchSeconds: 6,
      },
    ],
  },
  {
    id: 'clock-jump',
    set: 'full',
    steps: [
      {
        id: 'clock-jump',
        title: 'The clock of the VIP holder jumps',
        action: 'Its clock is set one hour forward, then back.',
        expectation: 'Nobody notices: timers do not go by the time of day.',
        actions: [
          { do: 'run', node: 'holder', command: 'date -s @$(($(date +%s) + 3600))' },
          { do: 'wait', seconds: 6 },
          { do: 'run', node: 'holder', command: 'date -s @$(($(date +%s) - 3600))' },
        ],
        endsWith: 'holder',
        loss: 'nothing',
        watchSeconds: 6,
      },
    ],
  },
];

/** Whole machines that lose their power or are shut down. */
export const MACHINE_SCENARIOS: readonly Scenario[] = [
  {
    id: 'power-cut-holder',
    set: 'quick',
    steps: [
      {
        id: 'power-cut-holder',
        title: 'Power cut of the VIP holder',
        action: 'The machine is off from one moment to the next.',
        expectation: 'The other node hears no more adverts, takes the VIP, and announces it.',
        actions: [{ do: 'cut-power', node: 'holder' }],
        endsWith: 'standby',
        loss: 'advert-timeout',
      },
      healed(
        'power-back-holder',
        'The node has its power back',
        'The machine boots from its image.',
        [{ do: 'power-on', node: 'holder' }],
      ),
    ],
  },
  {
    id: 'power-cut-standby',
    set: 'full',
    steps: [
      {
        id: 'power-cut-standby',
        title: 'Power cut of the standby node',
        action: 'The machine that does not hold the VIP is off from one moment to the next.',
        expectation: 'Nobody notices.',
        actions: [{ do: 'cut-power', node: 'standby' }],
        endsWith: 'holder',
        loss: 'nothing',
        watchSeconds: 5,
      },
      {
        id: 'power-back-standby',
        title: 'The standby node has its power back',
        action: 'The machine boots from its image.',
        expectation: 'It joins as standby, and nobody notices.',
        actions: [{ do: 'power-on', node: 'standby' }],
        endsWith: 'holder',
        loss: 'nothing',
        watchSeconds: 5,
      },
    ],
  },
  {
    id: 'shut-down-holder',
    set: 'full',
    steps: [
      {
        id: 'shut-down-holder',
        title: 'Clean shutdown of the VIP holder',
        action: 'poweroff, as before maintenance.',
        expectation:
          'keepalived sends an advertisement of priority 0 before haproxy stops, and the other node answers.',
        actions: [{ do: 'shut-down', node: 'holder' }],
        endsWith: 'standby',
        loss: 'graceful-release',
      },
      healed('booted-holder', 'It is switched on again', 'The machine boots from its image.', [
        { do: 'power-on', node: 'holder' },
      ]),
    ],
  },
  {
    id: 'power-button-holder',
    set: 'full',
    steps: [
      {
        id: 'power-button-holder',
        title: "The VIP holder's power button is pressed",
        action: 'ACPI, as a hypervisor asks for a clean shutdown.',
        expectation: 'The node shuts down in order, and the other node answers.',
        actions: [{ do: 'press-power-button', node: 'holder' }],
        endsWith: 'standby',
        loss: 'graceful-release',
      },
      healed(
        'booted-after-button',
        'It is switched on after its button was pressed',
        'The machine boots from its image.',
        [{ do: 'power-on', node: 'holder' }],
      ),
    ],
  },
  {
    id: 'site-power-cut',
    set: 'full',
    steps: [
      {
        id: 'site-power-cut',
        title: 'Both nodes lose their power and boot at once',
        action: 'All machines go off together and come back together.',
        expectation: 'One of them holds the VIP in the end, without help.',
        actions: [
          { do: 'cut-power', node: 'holder' },
          { do: 'cut-power', node: 'standby' },
          { do: 'power-on', node: 'holder' },
          { do: 'power-on', node: 'standby' },
        ],
        endsWith: 'anyone',
      },
    ],
  },
  {
    id: 'two-of-three',
    set: 'full',
    needs: ['three-nodes'],
    steps: [
      {
        id: 'first-of-three',
        title: 'Of three nodes the VIP holder loses its power',
        action: 'The machine is off from one moment to the next.',
        expectation: 'The next in rank answers.',
        actions: [{ do: 'cut-power', node: 'holder' }],
        endsWith: 'standby',
        loss: 'advert-timeout',
      },
      {
        id: 'two-of-three',
        title: 'The next in rank goes as well',
        action: 'The machine is off from one moment to the next.',
        expectation: 'The last node answers.',
        actions: [{ do: 'cut-power', node: 'standby' }],
        endsWith: 'third',
        loss: 'advert-timeout',
      },
      healed('three-again', 'Both are back', 'The machines boot from their images.', [
        { do: 'power-on', node: 'holder' },
        { do: 'power-on', node: 'standby' },
      ]),
    ],
  },
];
