import { z } from 'zod';

/** Seconds, or a time with its unit. */
const Loss = z.union([
  z.number().min(0).max(3600),
  z
    .string()
    .regex(/^\d{1,6}(\.\d{1,3})?(ms|s)$/, 'expected seconds, or a time such as 0.4s or 400ms'),
]);

export const SloFile = z.strictObject({
  proxy_loss: Loss.optional().describe(
    'Longest time without answers when the node that holds a VIP vanishes: power, kernel, link. Default: none asked.',
  ),
  haproxy_loss: Loss.optional().describe(
    'The same when its haproxy dies; one that hangs is what vrrp.check finds. Default: none asked.',
  ),
  api_server_loss: Loss.optional().describe(
    'The same when an API server dies: until haproxy leaves it alone. Default: none asked.',
  ),
  planned: Loss.optional().describe(
    'The same when the VIP moves on purpose: keepalived is stopped, or the node shut down. 0 = shorter than a proof can measure, 0.05 s. Default: none asked.',
  ),
});
export type SloFile = z.infer<typeof SloFile>;
