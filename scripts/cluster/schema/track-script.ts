import { z } from 'zod';
import { IpAddress, ResultsInARow, ScriptUser, TrackWeight } from './scalars.ts';

const ScriptName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,30}$/, 'expected a name of up to 31 letters, digits, _ and -')
  .refine((name) => name !== 'chk_haproxy', 'chk_haproxy is our own check: choose another name');

const Times = z.int('keepalived takes whole seconds').min(1).max(3600);

export const TrackScriptFile = z.strictObject({
  name: ScriptName.describe('Name of the script: uplink.'),
  run: z
    .string()
    .regex(/^[^\p{Cc}]*\S[^\p{Cc}]*$/u, 'expected a command on one line')
    .optional()
    .describe(
      'Command line of sh, or the path of a file of your overlay with its arguments. Exit code 0 is success.',
    ),
  gateway: z
    .union([z.literal(true), IpAddress])
    .optional()
    .describe(
      "Instead of run: ask this address by ping; true = the node's own gateway, of IPv4 if it has one.",
    ),
  interval: Times.min(2, 'a script is given less than its interval, so that is 2 s or more')
    .optional()
    .describe('Seconds between runs, 2 or more. Default: 5.'),
  timeout: Times.optional().describe(
    'Seconds after which a run counts as failed, below the interval. Default: 2, or 1 with an interval of 2.',
  ),
  rise: ResultsInARow.optional().describe('Successes until it counts as good. Default: 2.'),
  fall: ResultsInARow.optional().describe('Failures until it counts as bad. Default: 3.'),
  weight: TrackWeight.optional().describe(
    'Added to the priority while the script succeeds (negative: while it fails); 0 = a failure is a fault, and the node holds no VIP of the group, not even as the last. Default: one more than the largest priority gap; 0 with nopreempt.',
  ),
  user: ScriptUser.optional().describe(
    'Account that runs it. Default: keepalived_script; root for a ping.',
  ),
});
export type TrackScriptFile = z.infer<typeof TrackScriptFile>;
