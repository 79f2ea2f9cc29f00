import { onTestFinished } from 'vitest';
import type { Host } from '../../../scripts/host/host.ts';
import { openSources } from '../../../scripts/packages/sources.ts';
import type { PackageSources, SourceFlags } from '../../../scripts/packages/sources.ts';
import { alpineModel } from '../cluster/cluster-models.ts';

/** Sources that the end of the running test closes; offline unless the flags say otherwise. */
export function testSources(
  host: Host,
  alpine: Parameters<typeof openSources>[1]['alpine'] = alpineModel([]),
  flags: Partial<SourceFlags> = {},
): PackageSources {
  const sources = openSources(host, { alpine }, { offline: true, ...flags });
  onTestFinished(async () => await sources[Symbol.asyncDispose]());
  return sources;
}
