import type { LinkCondition } from '../../boot/lan/link.ts';
import type { FaultStep, FaultAction, Scenario } from './model.ts';

const CUT: Partial<LinkCondition> = { state: 'cut' };
const HEAL: FaultAction = { do: 'cable', node: 'holder' };

/** After healing there is one master, and whoever it is has told the LAN where the VIP is. */
function healed(id: string, title: string): FaultStep {
  return {
    id,
    title,
    action: 'Frames pass again in both directions.',
    expectation: 'One master is left, the VIP is announced, and clients get answers.',
    actions: [HEAL],
    endsWith: 'preferred',
    // A node that was cut off from the API servers has found them dead.
    loss: 'recovery',
    splitBrain: true,
    watchSeconds: 5,
  };
}

function badCable(
  id: string,
  title: string,
  condition: Partial<LinkCondition>,
  expectation: string,
): Scenario {
  return {
    id,
    set: 'full',
    steps: [
      {
        id,
        title,
        action: `${title}, in both directions, for 12 s; then it is restored.`,
        expectation,
        actions: [
          { do: 'cable', node: 'holder', fromMachine: condition, toMachine: condition },
          { do: 'wait', seconds: 12 },
          HEAL,
        ],
        endsWith: 'preferred',
        splitBrain: true,
        watchSeconds: 3,
      },
    ],
  };
}

/**
 * The cable of the node that holds the VIP. But for the one that is pulled out the carrier stays: as with a dead switch
 * further on.
 */
export const NETWORK_SCENARIOS: readonly Scenario[] = [
  {
    id: 'carrier-lost',
    set: 'full',
    steps: [
      {
        id: 'carrier-lost',
        title: "The VIP holder's network cable is pulled out",
        action: 'Every network card of the node that holds the VIP loses its carrier.',
        expectation: 'keepalived sees it and lets go; the other node hears no more adverts.',
        actions: [{ do: 'carrier', node: 'holder', cards: 'all', up: false }],
        endsWith: 'standby',
        loss: 'advert-timeout',
      },
      {
        id: 'carrier-back',
        title: 'The network cable is put back',
        action: 'The network cards have their carrier again.',
        expectation: 'One master is left, the VIP is announced, and clients get answers.',
        actions: [{ do: 'carrier', node: 'holder', cards: 'all', up: true }],
        endsWith: 'preferred',
        // A node that was cut off from the API servers has found them dead.
        loss: 'recovery',
        watchSeconds: 5,
      },
    ],
  },
  {
    id: 'link-cut',
    set: 'quick',
    steps: [
      {
        id: 'link-cut',
        title: "The VIP holder's link is cut both ways",
        action: 'No frame passes from or to the node that holds the VIP.',
        expectation: 'The other node takes the VIP; the cut one believes to be master as well.',
        actions: [{ do: 'cable', node: 'holder', fromMachine: CUT, toMachine: CUT }],
        endsWith: 'standby',
        loss: 'advert-timeout',
        splitBrain: true,
      },
      healed('link-mended', 'The link is restored both ways'),
    ],
  },
  {
    id: 'link-cut-outward',
    set: 'full',
    steps: [
      {
        id: 'link-cut-outward',
        title: "The VIP holder's link is cut outward",
        action: 'No frame comes from the node that holds the VIP; it still hears the others.',
        expectation: 'The other node takes the VIP.',
        actions: [{ do: 'cable', node: 'holder', fromMachine: CUT }],
        endsWith: 'standby',
        loss: 'advert-timeout',
        splitBrain: true,
      },
      healed('link-mended-outward', 'The link is restored outward'),
    ],
  },
  {
    id: 'link-cut-inward',
    set: 'full',
    steps: [
      {
        id: 'link-cut-inward',
        title: "The VIP holder's link is cut inward",
        action: 'The node that holds the VIP hears nothing; its own adverts still go out.',
        expectation:
          'No node can make up for this: the others hear a healthy master. Clients get no answers.',
        actions: [
          { do: 'cable', node: 'holder', toMachine: CUT },
          { do: 'wait', seconds: 5 },
        ],
        endsWith: 'nobody',
      },
      healed('link-mended-inward', 'The link is restored inward'),
    ],
  },
  badCable(
    'loss-10',
    "The VIP holder's cable loses 10 % of all frames",
    { loss: 0.1 },
    'Clients get answers; in the end one master is left.',
  ),
  badCable(
    'loss-30',
    "The VIP holder's cable loses 30 % of all frames",
    { loss: 0.3 },
    'The VIP may move; in the end one master is left.',
  ),
  badCable(
    'delay-jitter',
    "The VIP holder's cable delays frames by 50 ms and up to 50 ms more",
    { delay: 50, jitter: 50 },
    'Clients get answers; in the end one master is left.',
  ),
];
