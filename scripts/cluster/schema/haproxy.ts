import { z } from 'zod';
import { ResolversFile } from './resolvers.ts';
import { Count, Duration, DurationOrNone } from './scalars.ts';

/** HAProxy's `default-server`. */
export const DefaultServerFile = z.strictObject({
  inter: Duration.optional().describe(
    'Time between health checks. Default: 10s (fast profile: 1s).',
  ),
  downinter: Duration.optional().describe(
    'The same while a server is down. Default: 5s (fast profile: 1s).',
  ),
  rise: Count.min(1).optional().describe('Successes until a server is up. Default: 2.'),
  fall: Count.min(1)
    .optional()
    .describe('Failures until a server is down. Default: 2 (fast profile: 3).'),
  slowstart: DurationOrNone.optional().describe(
    'Time in which a returning server gets its full share; 0s = at once. Default: 60s.',
  ),
  maxconn: Count.optional().describe(
    'Connections per server; more wait in the queue. 0 = no limit. Default: 250.',
  ),
  maxqueue: Count.optional().describe('Length of that queue. 0 = no limit. Default: 256.'),
  weight: Count.max(256).optional().describe('Share of the load, 0 to 256. Default: 100.'),
  shutdown_sessions: z
    .boolean()
    .optional()
    .describe(
      'Close the sessions of a server that went down (on-marked-down shutdown-sessions). Default: false (fast profile: true).',
    ),
});
export type DefaultServerFile = z.infer<typeof DefaultServerFile>;

export const HaproxyFile = z.strictObject({
  maxconn: Count.min(1)
    .max(500_000_000)
    .optional()
    .describe(
      'Connections of all services together; the statistics page and the check of haproxy have places of their own. Limits of open files follow from it. Default: 20000.',
    ),
  nbthread: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe("Threads. Default: HAProxy's, one for each processor."),
  resolvers: ResolversFile.optional().describe('How HAProxy asks for the names of backends.'),
  timeouts: z
    .strictObject({
      http_request: Duration.optional().describe('Default: 10s.'),
      queue: Duration.optional().describe('Wait for a free connection of a server. Default: 1m.'),
      connect: Duration.optional().describe('Default: 10s (fast profile: 2s).'),
      client: Duration.optional().describe(
        'Silence allowed from a client; kubectl exec and watch are silent long. Default: 86400s.',
      ),
      server: Duration.optional().describe('Silence allowed from a server. Default: 86400s.'),
      tunnel: Duration.optional().describe(
        'Silence allowed in both directions of a tunnel. Default: 86400s.',
      ),
    })
    .optional()
    .describe("Timeouts of HAProxy's defaults section, in its notation (10s, 1m)."),
  default_server: DefaultServerFile.optional().describe('Health check and limits of all servers.'),
  dontlognull: z
    .boolean()
    .optional()
    .describe('Do not log connections without data. Default: true.'),
  retries: Count.max(100).optional().describe("Attempts to connect. Default: HAProxy's, 3."),
  redispatch: z
    .boolean()
    .optional()
    .describe('Try another server after each failed attempt. Default: false (fast profile: true).'),
  tcp_keepalive: z
    .boolean()
    .optional()
    .describe('TCP keep-alives on both sides (option tcpka). Default: false (fast profile: true).'),
  log: z.enum(['syslog', 'none']).optional().describe('Where HAProxy logs. Default: syslog.'),
  log_level: z
    .enum(['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'])
    .optional()
    .describe('Least severity that is logged; each connection is one line of info. Default: all.'),
  log_format: z
    .string()
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]{1,2000}$/u, 'expected one line')
    .refine((text) => !/(^|[^%])(%%)*%$/.test(text), {
      error: 'a % begins a variable, and nothing follows this one: a % itself is written %%',
    })
    .optional()
    .describe(
      "Format of a connection's line, in HAProxy's log-format notation. Default: option tcplog.",
    ),
});
export type HaproxyFile = z.infer<typeof HaproxyFile>;
