import type { ClusterModel } from '../model.ts';
import type { ClusterFile } from '../schema.ts';
import type { VrrpFile } from '../schema/vrrp.ts';
import { EXACTNESS_SECONDS, keeps, sloOf } from './model.ts';
import type { SloModel } from './model.ts';
import { groupLoss, predict, skewSeconds } from './predict.ts';

/** Adverts of VRRP 3 count in hundredths of a second. */
const LEAST_ADVERT = 0.01;
/** Below it checks cost more than they find. */
const LEAST_INTER_MS = 100;

/**
 * The cluster file with the timers that its `slo` asks for, as if they were written there; what the user wrote stays.
 * What the profile chooses is kept where it is good enough.
 *
 * @param resolve of the caller: which values follow from a file
 */
export function withSloTimers(
  file: ClusterFile,
  resolve: (file: ClusterFile) => ClusterModel,
): ClusterFile {
  if (file.slo === undefined) return file;
  const slo = sloOf(file.slo);
  if (keepsAll(slo, resolve(file))) return file;
  const fast = mapGroups(file, (group) => ({
    ...group,
    profile: group.profile ?? 'fast',
    ...(group.version === undefined && needsFractions(slo) && { version: 3 as const }),
  }));
  const model = resolve(fast);
  const tuned = mapGroups(fast, (group, index) => groupTimers(group, index, slo, model));
  return withServerTimers(tuned, slo, model);
}

function keepsAll(slo: SloModel, model: ClusterModel): boolean {
  return (['proxy_loss', 'haproxy_loss', 'api_server_loss', 'planned'] as const).every((key) => {
    const asked = slo[key];
    return asked === undefined || keeps(predict(key, model).most, asked);
  });
}

/** VRRP 2 takes 3 s and a skew at the least. */
function needsFractions({ proxy_loss: proxy = Infinity, planned = Infinity }: SloModel): boolean {
  return proxy < 4 || planned < 1;
}

function groupTimers(group: VrrpFile, index: number, slo: SloModel, model: ClusterModel): VrrpFile {
  const resolved = model.vrrp.groups[index];
  if (resolved === undefined) return group;
  const share = skewSeconds({ ...resolved, version: 3, advertInt: 1 });
  const asked = [
    ...(slo.proxy_loss === undefined ? [] : [slo.proxy_loss / (3 + share)]),
    ...(slo.planned === undefined ? [] : [Math.max(slo.planned, EXACTNESS_SECONDS) / share]),
  ];
  const step = resolved.version === 2 ? 1 : LEAST_ADVERT;
  const most = Math.floor(Math.min(...asked, resolved.advertInt) / step + 1e-9) * step;
  const advert = Number(Math.max(step, most).toFixed(2));
  const tracks =
    slo.haproxy_loss !== undefined &&
    !keeps(groupLoss('haproxy_loss', resolved, model).most, slo.haproxy_loss);
  return {
    ...group,
    advert_int: group.advert_int ?? advert,
    ...(tracks && { check: { track_process: true, ...group.check } }),
  };
}

function withServerTimers(file: ClusterFile, slo: SloModel, model: ClusterModel): ClusterFile {
  const asked = slo.api_server_loss;
  if (asked === undefined || keeps(predict('api_server_loss', model).most, asked)) return file;
  const { haproxy = {} } = file;
  const fall = haproxy.default_server?.fall ?? 3;
  const inter = Math.max(LEAST_INTER_MS, Math.floor((asked * 1000) / fall));
  const connect = Math.max(LEAST_INTER_MS, Math.floor(asked * 1000));
  return {
    ...file,
    haproxy: {
      retries: 3,
      redispatch: true,
      ...haproxy,
      timeouts: { connect: `${connect}ms`, ...haproxy.timeouts },
      default_server: {
        inter: `${inter}ms`,
        downinter: `${inter}ms`,
        fall,
        ...haproxy.default_server,
      },
    },
  };
}

function mapGroups(
  file: ClusterFile,
  change: (group: VrrpFile, index: number) => VrrpFile,
): ClusterFile {
  const { vrrp } = file;
  return { ...file, vrrp: Array.isArray(vrrp) ? vrrp.map(change) : change(vrrp, 0) };
}
