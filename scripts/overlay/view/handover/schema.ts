import { z } from 'zod';
import { Line } from '../../../cluster/passthrough.ts';

/** A planned hand-over: `vipiso-handover`, and what keeps connections alive across it. */
export const Handover = z.strictObject({
  /** The VIPs for the loopback interface. */
  loopback: z.array(z.strictObject({ cidr: Line, scope: Line.optional() })),
  instances: z.array(
    z.strictObject({
      name: Line,
      /** Which has the VIP, and the one below it where that is the virtual router's own. */
      interface: Line,
      carrier: Line,
      /** One of its VIPs. */
      vip: Line,
      /** What a hand-over adds to the priority. */
      weight: z.int(),
      /** It is a fault instead, whatever the number. */
      byFault: z.boolean(),
      /** How long a peer is waited for. */
      seconds: z.int(),
    }),
  ),
  /** With the port of a service that answers them, where there is one. */
  peers: z.array(z.strictObject({ hostname: Line, address: Line, port: z.int().optional() })),
  /** Of the services, in hexadecimal. */
  ports: z.array(Line),
  /** Where packets of connections that the other node has are passed on to it. */
  links: z.array(
    z.strictObject({
      id: Line,
      interface: Line,
      ip: z.enum(['ip', 'ip6']),
      /** nft's names of what counts hops, of the type of an address, and of an echo request. */
      limit: Line,
      addressType: Line,
      echo: Line,
      vips: z.array(Line),
      ports: z.array(z.int()),
      /** Milliseconds after an advert that its sender counts as alive. */
      heardMs: z.int(),
      peers: z.array(z.strictObject({ number: z.int(), address: Line, adverts: Line })),
    }),
  ),
});
