import { secondsOf } from '../expectations/haproxy-time.ts';
import type { ClusterModel, ServiceModel } from '../model.ts';
import { byRank } from '../vrrp-groups.ts';
import type { VrrpGroupModel } from '../vrrp-model.ts';
import type { SloKey } from './model.ts';

/**
 * What a client will lose, in seconds: a fault falls anywhere between two adverts or checks, so it is a range; `expected`
 * is its middle.
 */
export interface Prediction {
  readonly least: number;
  readonly expected: number;
  readonly most: number;
  /** How the most comes about. */
  readonly arithmetic: string;
}

/** Of the group, or the service, that loses most. */
export function predict(key: SloKey, cluster: ClusterModel): Prediction {
  const all =
    key === 'api_server_loss'
      ? cluster.services.map((service) => apiServerLoss(service, cluster))
      : cluster.vrrp.groups.map((group) => groupLoss(key, group, cluster));
  return all.reduce((worst, one) => (one.most > worst.most ? one : worst));
}

/** Of one group. */
export function groupLoss(
  key: Exclude<SloKey, 'api_server_loss'>,
  group: VrrpGroupModel,
  { vrrp: { check } }: Pick<ClusterModel, 'vrrp'>,
): Prediction {
  const { advertInt } = group;
  const skew = skewSeconds(group);
  const skewText = `skew ${round(skew)} s`;
  const silence = range(2 * advertInt + skew, 3 * advertInt + skew);
  const silenceText = `3 x advert_int ${advertInt} s + ${skewText} = ${round(silence.most)} s`;
  if (key === 'proxy_loss') return { ...silence, arithmetic: silenceText };
  if (key === 'planned') return { ...range(skew, skew), arithmetic: skewText };
  if (check.trackProcess)
    return { ...range(skew, skew), arithmetic: `the kernel tells at once, ${skewText}` };
  const fall = check.fall ?? 1;
  const noticed = range(check.interval * (fall - 1), check.interval * fall);
  const checks = `check interval ${check.interval} s x fall ${fall}`;
  const moved = group.checkWeight === 0 ? range(skew, skew) : silence;
  const total = range(noticed.least + moved.least, noticed.most + moved.most);
  const rest = group.checkWeight === 0 ? skewText : `3 x advert_int ${advertInt} s + ${skewText}`;
  return { ...total, arithmetic: `${checks} + ${rest} = ${round(total.most)} s` };
}

/** Skew_Time of the node that takes over. */
export function skewSeconds(group: VrrpGroupModel): number {
  const share = (256 - (byRank(group)[1]?.priority ?? 1)) / 256;
  return group.version === 2 ? share : share * group.advertInt;
}

/**
 * Until haproxy chooses the dead server no longer: inter x fall at the most. A server that refuses costs nothing where
 * attempts go on to another one.
 */
function apiServerLoss(
  { check, defaultServer }: ServiceModel,
  { haproxy }: ClusterModel,
): Prediction {
  if (check.type === 'none') return { ...range(0, Infinity), arithmetic: 'no health check' };
  const inter = secondsOf(defaultServer.inter);
  const window = range(inter * (defaultServer.fall - 1), inter * defaultServer.fall);
  const least = haproxy.redispatch ? 0 : window.least;
  return {
    ...range(least, window.most),
    arithmetic: `inter ${defaultServer.inter} x fall ${defaultServer.fall} = ${round(window.most)} s`,
  };
}

function range(least: number, most: number): Omit<Prediction, 'arithmetic'> {
  return { least, expected: (least + most) / 2, most };
}

export function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
