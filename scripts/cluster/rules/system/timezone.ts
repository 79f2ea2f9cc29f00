import { didYouMean } from '../../findings/did-you-mean.ts';
import { lintError } from '../../findings/finding.ts';
import type { Rule } from '../rule.ts';

/**
 * A zone that tzdata does not have, where /etc/localtime would be a dangling link and the clock would show UTC. ECMAScript's
 * list has the zones, its parser their older names (Europe/Kiev) too, but in any case; files differ by case.
 */
export const timezone: Rule = ({ cluster }) => {
  const zone = cluster.system.timezone;
  if (zone === 'UTC') return [];
  const known = Intl.supportedValuesOf('timeZone');
  if (known.includes(zone)) return [];
  const sameLetters = known.find((name) => name.toLowerCase() === zone.toLowerCase());
  if (sameLetters === undefined && isAlias(zone)) return [];
  const guess = sameLetters ?? didYouMean(zone, [...known, 'UTC']);
  const hint =
    guess === undefined
      ? 'Use a name of the tz database, such as UTC or Europe/Berlin.'
      : `Did you mean ${JSON.stringify(guess)}?`;
  const message = `there is no time zone ${zone}: the clock would show UTC`;
  return [lintError('timezone', ['system', 'timezone'], message, hint)];
};

function isAlias(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    return false;
  }
  // As tzdata writes them: every part begins with a capital letter or is one of the few that do not.
  return zone.split(/[/_-]/).every((part) => /^([A-Z0-9]|of|in|es|au|de|d)/.test(part));
}
