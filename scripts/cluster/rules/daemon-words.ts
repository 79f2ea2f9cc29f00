import { describeDaemon, isAtLeast } from '../daemon-versions.ts';
import type { DaemonVersions } from '../daemon-versions.ts';
import { lintError, lintWarning } from '../findings/finding.ts';
import type { LintFinding } from '../findings/finding.ts';
import type { Rule } from './rule.ts';
import { rawHaproxyLines, rawKeepalivedLines } from './services/raw-lines.ts';
import type { RawLine } from './services/raw-lines.ts';

/** Words that keepalived knows from 2.4 on. */
const SINCE_2_4 = ['auth_hmac', 'vrrp_delay_after_boot', '${_ENV'];

/** Words of haproxy.cfg that 3.3 warns of and 3.5 refuses. */
const UNTIL_3_5: readonly { readonly word: RegExp; readonly instead: string }[] = [
  {
    word: /^\s*master-worker\b/,
    instead: 'Use vrrp.check.track_process, with which haproxy is started as master and worker.',
  },
  { word: /^\s*dispatch\b/, instead: 'Write a server with that address.' },
  { word: /^\s*option\s+transparent\b/, instead: 'Write a server with the address 0.0.0.0.' },
];

/** Raw lines with words that the daemons of this branch, or of the lock, do not know yet or no more. */
export const daemonWords: Rule = (input) => {
  const { daemons } = input.cluster;
  return [
    ...rawKeepalivedLines(input).flatMap((line) => tooNew(line, daemons)),
    ...rawHaproxyLines(input).flatMap((line) => tooOld(line, daemons)),
  ];
};

function tooNew({ line, path }: RawLine, daemons: DaemonVersions): readonly LintFinding[] {
  const word = SINCE_2_4.find((candidate) => line.includes(candidate));
  if (word === undefined || isAtLeast(daemons.keepalived, '2.4')) return [];
  const message = `${word} needs keepalived 2.4; this is ${describeDaemon('keepalived', daemons)}, which rejects it`;
  const hint = 'Make sure that your repository has keepalived 2.4 or newer.';
  return [judge(daemons)('auth', path, message, hint)];
}

function tooOld({ line, path }: RawLine, daemons: DaemonVersions): readonly LintFinding[] {
  const match = UNTIL_3_5.find(({ word }) => word.test(line));
  if (match === undefined || !isAtLeast(daemons.haproxy, '3.3')) return [];
  const refused = isAtLeast(daemons.haproxy, '3.5');
  const what = line.trim().split(/\s+/).slice(0, 2).join(' ');
  const message = `haproxy 3.3 and newer warn of "${what}", 3.5 refuses it; this is ${describeDaemon('haproxy', daemons)}`;
  const finding = refused ? judge(daemons) : lintWarning;
  return [finding('haproxy-words', path, message, match.instead)];
}

/** Only the lock says for sure which version will run. */
function judge({ source }: DaemonVersions): typeof lintError {
  return source === 'lock' ? lintError : lintWarning;
}
