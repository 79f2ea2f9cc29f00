import { z } from 'zod';
import { parseAddress } from '../values/address.ts';
import { parseHostPort } from '../values/host-port.ts';
import { Duration, oneOrMany } from './scalars.ts';

const NameServer = z
  .string()
  .refine((text) => parseAddress(parseHostPort(text)?.host ?? '') !== undefined, {
    error: 'expected the address of a name server, such as 192.168.9.1 or 192.168.9.1:53',
  });

/** HAProxy's `resolvers` section (configuration manual 5.3). */
export const ResolversFile = z.strictObject({
  nameservers: oneOrMany(NameServer)
    .optional()
    .describe("Name servers that are asked, all at once. Default: the node's own (dns)."),
  prefer: z
    .enum(['ipv4', 'ipv6'])
    .optional()
    .describe('Family to take where a name has both (resolve-prefer). Default: ipv4.'),
  retries: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('Questions before an answer counts as missing. Default: 3.'),
  timeouts: z
    .strictObject({
      resolve: Duration.optional().describe('Time between two resolutions. Default: 1s.'),
      retry: Duration.optional().describe('Time until a question is repeated. Default: 1s.'),
    })
    .optional()
    .describe('How often is asked.'),
  hold: z
    .strictObject({
      valid: Duration.optional().describe('How long an answer is good. Default: 10s.'),
      obsolete: Duration.optional().describe(
        'How long an address is kept that answers no longer name. Default: 30s.',
      ),
      nx: Duration.optional().describe(
        'How long the last address is kept when the name is gone. Default: 30s.',
      ),
      other: Duration.optional().describe('The same after other errors. Default: 24h.'),
      refused: Duration.optional().describe('The same when the server refuses. Default: 24h.'),
      timeout: Duration.optional().describe('The same when no server answers. Default: 24h.'),
    })
    .optional()
    .describe('How long what was learnt is kept: name servers that are down take no backend away.'),
});
export type ResolversFile = z.infer<typeof ResolversFile>;
