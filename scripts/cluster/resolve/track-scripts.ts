import type { TrackScriptModel, VrrpGroupModel } from '../vrrp-model.ts';
import type { TrackScriptFile } from '../schema/track-script.ts';
import type { VrrpFile } from '../schema/vrrp.ts';
import type { GroupFile } from './groups.ts';
import { isNopreempt } from './rank.ts';

const DEFAULT_INTERVAL = 5;
const DEFAULT_TIMEOUT = 2;
/** Slower than the check of haproxy: what lies outside of the node may hiccup. */
const DEFAULT_FALL = 3;
const DEFAULT_RISE = 2;

/** Each script once: groups may track it by its name. */
export function resolveScripts(groups: readonly GroupFile[]): readonly TrackScriptModel[] {
  const scripts = new Map<string, TrackScriptModel>();
  for (const { written } of groups)
    for (const script of written.scripts ?? [])
      if (typeof script !== 'string' && !scripts.has(script.name))
        scripts.set(script.name, resolveScript(script));
  return [...scripts.values()];
}

/** @param unit the smallest weight that moves the VIP over every gap of the group */
export function trackedBy(file: VrrpFile, unit: number): VrrpGroupModel['tracked'] {
  const usual = isNopreempt(file) ? 0 : unit;
  return (file.scripts ?? []).map((script) =>
    typeof script === 'string'
      ? { script, weight: usual }
      : { script: script.name, weight: script.weight ?? usual },
  );
}

function resolveScript(file: TrackScriptFile): TrackScriptModel {
  const interval = file.interval ?? DEFAULT_INTERVAL;
  const isPing = file.gateway !== undefined;
  return {
    name: file.name,
    action: isPing
      ? { type: 'ping', address: typeof file.gateway === 'string' ? file.gateway : undefined }
      : { type: 'run', command: file.run ?? 'true' },
    interval,
    timeout: file.timeout ?? Math.min(DEFAULT_TIMEOUT, interval - 1),
    fall: file.fall ?? DEFAULT_FALL,
    rise: file.rise ?? DEFAULT_RISE,
    // busybox's ping opens a raw socket.
    user: file.user ?? (isPing ? 'root' : 'keepalived_script'),
  };
}
