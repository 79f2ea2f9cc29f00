import { z } from 'zod';
import { InterfaceName } from './scalars.ts';

export const ManagementFile = z.strictObject({
  interface: InterfaceName.describe(
    'Interface of every node that ssh and stats are reached by, and nothing else: eth1. It needs static addresses.',
  ),
});
export type ManagementFile = z.infer<typeof ManagementFile>;
