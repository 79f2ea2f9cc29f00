import type { ClusterModel } from '../../cluster/model.ts';
import { keeps } from '../../cluster/slo/model.ts';
import type { SloKey } from '../../cluster/slo/model.ts';
import { groupLoss, predict } from '../../cluster/slo/predict.ts';
import type { Prediction } from '../../cluster/slo/predict.ts';
import type { VrrpGroupModel } from '../../cluster/vrrp-model.ts';
import type { ProofFinding } from '../findings.ts';
import type { LossRule } from './model.ts';

/** Which demand of the cluster file's `slo` a loss is held against. */
const KEYS: Readonly<Partial<Record<LossRule, SloKey>>> = {
  'advert-timeout': 'proxy_loss',
  'health-check-failure': 'haproxy_loss',
  'graceful-release': 'planned',
  'hand-over': 'planned',
  server: 'api_server_loss',
};

export function sloKeyOf(rule: LossRule | undefined): SloKey | undefined {
  return rule === undefined ? undefined : KEYS[rule];
}

/** What the timers predict for a loss; undefined where they say nothing of it. A hand-over is predicted to lose nothing. */
export function predictedLoss(
  rule: LossRule | undefined,
  group: VrrpGroupModel,
  cluster: ClusterModel,
): Omit<Prediction, 'arithmetic'> | undefined {
  const key = sloKeyOf(rule);
  if (key === undefined) return undefined;
  if (rule === 'hand-over') return { least: 0, expected: 0, most: 0 };
  const { least, expected, most } =
    key === 'api_server_loss' ? predict(key, cluster) : groupLoss(key, group, cluster);
  return Number.isFinite(most) ? { least, expected, most } : undefined;
}

/** Measured loss against what was asked for: nothing is added for an emulated machine, for it was asked for as it is. */
export function judgeSlo(
  rule: LossRule | undefined,
  { slo }: Pick<ClusterModel, 'slo'>,
  lostSeconds: number,
): readonly ProofFinding[] {
  const key = sloKeyOf(rule);
  const asked = key === undefined ? undefined : slo?.[key];
  if (key === undefined || asked === undefined || keeps(lostSeconds, asked)) return [];
  const text = `${lostSeconds.toFixed(2)} s without answers; slo.${key} asks for ${asked} s at the most`;
  return [{ code: 'slo-missed', text }];
}
