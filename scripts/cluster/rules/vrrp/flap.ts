import { lintWarning } from '../../findings/finding.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { rawKeepalivedLines } from '../services/raw-lines.ts';
import type { RawLine } from '../services/raw-lines.ts';
import { placedGroups } from './placed-groups.ts';

const API_WORDS = /\/(readyz|livez|healthz)\b|\bkubectl\b/;

/** A track script that asks the API servers moves the VIP when the API is down, which helps nobody. */
export const flap: Rule = (input) =>
  [...rawKeepalivedLines(input), ...ownScripts(input)].flatMap(({ line, path }) => {
    if (!API_WORDS.test(line) && !mentionsBackend(line, input)) return [];
    return [
      lintWarning(
        'flap',
        path,
        'this script tests the API servers rather than haproxy: both nodes fail it together and the VIP flaps with the API',
        "Leave the API servers to haproxy's health checks; let keepalived judge haproxy alone.",
      ),
    ];
  });

function ownScripts(input: RuleInput): readonly RawLine[] {
  return placedGroups(input).flatMap(({ written, path }) =>
    (written.scripts ?? []).flatMap((script, index) =>
      typeof script === 'string' || script.run === undefined
        ? []
        : [{ line: script.run, path: [...path, 'scripts', index, 'run'] }],
    ),
  );
}

function mentionsBackend(line: string, { cluster }: RuleInput): boolean {
  return cluster.services.some(({ backends }) =>
    backends.some(({ address }) =>
      line
        .split(/[^0-9A-Fa-f.:]+/)
        .some(
          (word) => word === address || word === `${address}:` || word.startsWith(`${address}:`),
        ),
    ),
  );
}
