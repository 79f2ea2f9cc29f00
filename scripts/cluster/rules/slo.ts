import { lintError } from '../findings/finding.ts';
import type { LintFinding } from '../findings/finding.ts';
import { keeps, SLO_KEYS } from '../slo/model.ts';
import type { SloKey } from '../slo/model.ts';
import { predict, round } from '../slo/predict.ts';
import type { DocumentPath } from '../text/document-path.ts';
import type { Rule, RuleInput } from './rule.ts';
import { placedGroups } from './vrrp/placed-groups.ts';

/** What is asked of the loss and cannot be kept: at the setting of the user's that stands in the way, else at the demand. */
export const slo: Rule = (input) =>
  SLO_KEYS.flatMap((key): LintFinding[] => {
    const asked = input.cluster.slo?.[key];
    if (asked === undefined) return [];
    const { most, arithmetic } = predict(key, input.cluster);
    if (keeps(most, asked)) return [];
    const own = obstacles(key, input)[0];
    const least = Number.isFinite(most)
      ? ` Ask for ${Math.ceil(round(most) * 100) / 100} s or more`
      : ' Add a check';
    const message = `slo.${key} asks for ${asked} s at the most; ${own === undefined ? 'no timers keep that' : 'this setting does not keep that'}: ${arithmetic}`;
    const hint =
      own === undefined
        ? `${least.trim()}.`
        : `Leave ${String(own.at(-1))} out, so that it follows from slo.${least}.`;
    return [lintError('slo', own ?? ['slo', key], message, hint)];
  });

/** Settings of the user's own that decide about a loss, by their places. */
function obstacles(key: SloKey, input: RuleInput): readonly DocumentPath[] {
  const ofGroups = placedGroups(input).flatMap(({ written, path }): DocumentPath[] => {
    const adverts: DocumentPath[] = [
      ...(written.advert_int === undefined ? [] : [[...path, 'advert_int']]),
      ...(written.version === 2 ? [[...path, 'version']] : []),
    ];
    const { check = {} } = written;
    const checks = (['track_process', 'interval', 'fall', 'weight'] as const)
      .filter((name) => check[name] !== undefined)
      .map((name) => [...path, 'check', name]);
    return key === 'haproxy_loss' ? [...checks, ...adverts] : adverts;
  });
  return key === 'api_server_loss' ? serverSettings(input) : ofGroups;
}

function serverSettings({ file }: RuleInput): readonly DocumentPath[] {
  const written = (
    server: { readonly inter?: unknown; readonly fall?: unknown } | undefined,
    path: DocumentPath,
  ): DocumentPath[] =>
    (['inter', 'fall'] as const)
      .filter((name) => server?.[name] !== undefined)
      .map((name) => [...path, name]);
  return [
    ...file.services.flatMap(({ default_server: own }, index) =>
      written(own, ['services', index, 'default_server']),
    ),
    ...written(file.haproxy?.default_server, ['haproxy', 'default_server']),
    ...file.services.flatMap(({ check }, index) =>
      check === 'none' ? [['services', index, 'check']] : [],
    ),
  ];
}
