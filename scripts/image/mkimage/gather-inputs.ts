import { closureOf } from '../../packages/lock/format/closure.ts';
import type { Lockfile } from '../../packages/lock/format/schema.ts';
import { keysInFolder } from '../../packages/trust/trusted-keys.ts';
import type { EngineJob } from '../engine.ts';
import { fetchInputs, filesInStore } from '../shared-inputs.ts';
import { requireInterface } from './aports/script-interface.ts';
import { requireOneGeneration } from './builder/generation.ts';
import { hostTools } from './builder/host-tools.ts';
import type { MkimageInputs } from './inputs.ts';

/** Fetches the locked packages and gathers everything that decides what mkimage makes for all nodes alike. */
export async function mkimageInputsOf(
  job: Omit<EngineJob, 'overlays' | 'accept'>,
): Promise<MkimageInputs> {
  const { sources, aports, builder = 'lock' } = job;
  if (aports === undefined) throw new Error('mkimage is to run without its scripts');
  const { scripts, source } = aports;
  requireInterface(scripts, source);
  const { host, keysFolder } = sources;
  const { lock } = job.locked;
  const builderRequests = lock.requests.builder ?? [];
  const wanted = { requests: builderRequests, locked: closureOf(lock, 'builder') };
  const tools = builder === 'host' ? await hostTools(host.systemRoot, wanted) : undefined;
  const apk = (tools ?? wanted.locked).find(({ name }) => name === 'apk-tools');
  const { branch } = lock;
  requireOneGeneration({ scripts, source, branch }, { from: builder, apkTools: apk?.version });
  return {
    ...(await fetchInputs(job, tools === undefined ? lock : withoutBuilder(lock))),
    builder:
      tools === undefined
        ? { from: 'lock', packages: filesInStore(sources, wanted.locked) }
        : { from: 'host', tools },
    builderRequests,
    packageKeys: keysFolder === undefined ? new Map() : await keysInFolder(keysFolder),
    scripts,
  };
}

/** The host has the tools: they need not be fetched. */
function withoutBuilder(lock: Lockfile): Lockfile {
  const packages = lock.packages.filter((it) => it.for.some((purpose) => purpose !== 'builder'));
  return { ...lock, packages };
}
