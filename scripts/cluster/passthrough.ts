import { z } from 'zod';

/**
 * Options that go from the cluster file into a daemon's file as they are. Each group is declared here once: the model
 * takes its type, and what the templates see is held against it.
 */

/** One line of a configuration file: no control character, so that no value can begin a line of its own. */
export const Line = z
  .string()
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'it has a control character, such as a line break');

/** keepalived's gratuitous ARP: seconds and counts. */
export const GarpOptions = z.strictObject({
  masterDelay: z.number().optional(),
  masterRepeat: z.number().optional(),
  masterRefresh: z.number().optional(),
  masterRefreshRepeat: z.number().optional(),
});
export type GarpOptions = Readonly<z.infer<typeof GarpOptions>>;

/** HAProxy's timeouts of all services, in its time format. */
export const TimeoutOptions = z.strictObject({
  httpRequest: Line,
  queue: Line,
  connect: Line,
  client: Line,
  server: Line,
  tunnel: Line,
});
export type TimeoutOptions = Readonly<z.infer<typeof TimeoutOptions>>;

/** A service's own timeouts: `client` belongs into the frontend, the others into the backend. */
export const ServiceTimeoutOptions = TimeoutOptions.omit({ httpRequest: true }).partial();
export type ServiceTimeoutOptions = Readonly<z.infer<typeof ServiceTimeoutOptions>>;

/** HAProxy's `default-server`; times in HAProxy's notation. */
export const DefaultServerOptions = z.strictObject({
  inter: Line,
  downinter: Line,
  rise: z.int(),
  fall: z.int(),
  slowstart: Line,
  maxconn: z.int(),
  maxqueue: z.int(),
  weight: z.int(),
  /** `on-marked-down shutdown-sessions`. */
  shutdownSessionsOnDown: z.boolean(),
});
export type DefaultServerOptions = Readonly<z.infer<typeof DefaultServerOptions>>;
