import type { ApiServerMode } from '../../boot/lan/protocol.ts';
import type { FaultStep, Need, Scenario, ServerRef } from './model.ts';

/** Long enough for haproxy's checks of the reference settings to fail and to succeed again. */
function allBack(id: string, title: string, servers: ServerRef): FaultStep {
  return {
    id,
    title,
    action: 'What was out of service answers again.',
    expectation: 'Every API server gets requests again, and the VIP has not moved.',
    actions: [{ do: 'api-servers', servers, mode: 'serving' }],
    endsWith: 'holder',
    serversOut: 0,
  };
}

function down(
  id: string,
  about: {
    readonly set: Scenario['set'];
    readonly needs: readonly Need[];
    /** `The second API server`. */
    readonly who: string;
    readonly servers: ServerRef;
  },
): Scenario {
  const { set, needs, who, servers } = about;
  return {
    ...{ id, set, needs },
    steps: [
      {
        id,
        title: `${who} dies`,
        action: 'Its port refuses connections, and those it had are reset.',
        expectation: 'The others answer, and the VIP does not move.',
        actions: [{ do: 'api-servers', servers, mode: 'stopped' }],
        endsWith: 'holder',
        loss: 'server',
        serversOut: servers,
      },
      allBack(id.replace('down', 'back'), `${who} is back`, servers),
    ],
  };
}

function sick(
  id: string,
  title: string,
  mode: ApiServerMode,
  action: string,
  check: Need = 'https-check',
): Scenario {
  return {
    id,
    set: 'full',
    needs: ['two-api-servers', check],
    steps: [
      {
        id,
        title,
        action,
        expectation: 'It gets no more requests, the others answer, and the VIP does not move.',
        actions: [{ do: 'api-servers', servers: 1, mode }],
        endsWith: 'holder',
        loss: 'server',
        serversOut: 1,
      },
      allBack(`${id}-over`, `${title}: until it is healthy again`, 1),
    ],
  };
}

/** The API servers behind the proxies. Whatever they do, the VIP stays where it is. */
export const API_SERVER_SCENARIOS: readonly Scenario[] = [
  down('api-server-down', {
    ...{ set: 'quick', needs: ['two-api-servers'] },
    ...{ who: 'The first API server', servers: { nth: 1 } },
  }),
  down('api-server-2-down', {
    ...{ set: 'full', needs: ['two-api-servers'] },
    ...{ who: 'The second API server', servers: { nth: 2 } },
  }),
  down('api-server-3-down', {
    ...{ set: 'full', needs: ['three-api-servers'] },
    ...{ who: 'The third API server', servers: { nth: 3 } },
  }),
  {
    id: 'api-servers-two-down',
    set: 'full',
    needs: ['two-api-servers'],
    steps: [
      {
        id: 'api-servers-two-down',
        title: 'Two API servers die',
        action: 'Their ports refuse connections, and those they had are reset.',
        expectation: 'What is left answers, and the VIP does not move.',
        actions: [{ do: 'api-servers', servers: 2, mode: 'stopped' }],
        endsWith: 'holder',
        loss: 'server',
        serversOut: 2,
      },
      allBack('api-servers-two-back', 'The two API servers are back', 2),
    ],
  },
  {
    id: 'api-servers-all-down',
    set: 'quick',
    steps: [
      {
        id: 'api-servers-all-down',
        title: 'All API servers die',
        action: 'Every port refuses connections.',
        expectation: 'No request is answered, and the VIP does not move: no node could do better.',
        actions: [
          { do: 'api-servers', servers: 'all', mode: 'stopped' },
          { do: 'wait', seconds: 5 },
        ],
        endsWith: 'nobody',
      },
      allBack('api-servers-all-back', 'All API servers are back', 'all'),
    ],
  },
  {
    id: 'api-server-slow',
    set: 'full',
    needs: ['two-api-servers'],
    steps: [
      {
        id: 'api-server-slow',
        title: 'One API server starts slowly',
        action: 'It refuses connections, then answers 500 on /readyz for a while, then serves.',
        expectation: 'The others answer meanwhile, and the VIP does not move.',
        actions: [
          { do: 'api-servers', servers: 1, mode: 'stopped' },
          { do: 'wait', seconds: 5 },
          { do: 'api-servers', servers: 1, mode: { readyzStatus: 500 } },
          { do: 'wait', seconds: 5 },
          { do: 'api-servers', servers: 1, mode: 'serving' },
        ],
        endsWith: 'holder',
        loss: 'server',
        serversOut: 0,
      },
    ],
  },
  {
    id: 'api-server-silent',
    set: 'full',
    needs: ['two-api-servers'],
    steps: [
      {
        id: 'api-server-silent',
        title: 'One API server loses its power',
        action: 'Its address is gone: nothing refuses, nothing answers.',
        expectation: 'The others answer, and the VIP does not move.',
        actions: [{ do: 'api-servers', servers: 1, mode: 'silent' }],
        endsWith: 'holder',
        loss: 'server',
        serversOut: 1,
      },
      allBack('api-server-powered', 'The API server has its power back', 1),
    ],
  },
  sick(
    'api-server-hung',
    'One API server accepts and never answers',
    'hung',
    'Connections are accepted, and not a byte comes back.',
  ),
  sick(
    'api-server-500',
    'One API server answers 500 on /readyz',
    { readyzStatus: 500 },
    'It serves, and says that it is not ready.',
  ),
  sick(
    'api-server-401',
    'One API server answers 401 on /readyz',
    { readyzStatus: 401 },
    'It serves, and asks for credentials even there.',
    'https-check-without-401',
  ),
];
