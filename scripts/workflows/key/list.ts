import type { Host } from '../../host/host.ts';
import { listKeys } from '../../packages/trust/key-ring.ts';
import type { RingKey } from '../../packages/trust/key-ring.ts';

/** The keys where builds look, the one that signs first. */
export async function siteKeys(host: Host): Promise<readonly RingKey[]> {
  return await listKeys(host);
}
