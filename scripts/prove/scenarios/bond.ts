import type { Scenario } from './model.ts';

/** Cables of a bond's members are pulled: the machine's kernel sees it, unlike a dead switch further on. */
export const BOND_SCENARIOS: readonly Scenario[] = [
  {
    id: 'bond-member',
    set: 'full',
    needs: ['bond'],
    steps: [
      {
        id: 'bond-member-lost',
        title: "The VIP holder's bond loses its first member",
        action: "The cable is pulled out of the first network card of the holder's bond.",
        expectation: 'Another member carries the traffic, and the VIP stays where it is.',
        actions: [{ do: 'carrier', node: 'holder', cards: 'first-member', up: false }],
        endsWith: 'holder',
        loss: 'nothing',
        watchSeconds: 5,
      },
      {
        id: 'bond-member-back',
        title: "The first member of the VIP holder's bond is back",
        action: 'The cable is put back into the first network card.',
        expectation: 'The VIP stays where it is.',
        actions: [{ do: 'carrier', node: 'holder', cards: 'first-member', up: true }],
        endsWith: 'holder',
        loss: 'nothing',
        watchSeconds: 5,
      },
      {
        id: 'bond-lost',
        title: "The VIP holder's bond loses all its members",
        action: "The cables are pulled out of all network cards of the holder's bond.",
        expectation: 'keepalived sees the bond without a carrier: the other node takes the VIP.',
        actions: [{ do: 'carrier', node: 'holder', cards: 'all', up: false }],
        endsWith: 'standby',
        loss: 'advert-timeout',
      },
      {
        id: 'bond-back',
        title: "All members of the first holder's bond are back",
        action: 'The cables are put back.',
        expectation: 'One master is left, the VIP is announced, and clients get answers.',
        actions: [{ do: 'carrier', node: 'holder', cards: 'all', up: true }],
        endsWith: 'preferred',
        // A node that was cut off from the API servers has found them dead.
        loss: 'recovery',
        watchSeconds: 5,
      },
    ],
  },
];
