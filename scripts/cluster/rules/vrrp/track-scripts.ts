import { join } from 'node:path';
import { lintError, lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { TrackScriptFile } from '../../schema/track-script.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { placedGroups } from './placed-groups.ts';
import type { PlacedGroup } from './placed-groups.ts';
import { knownAccounts } from './script-user.ts';

/** Folders in which the base system has nothing that a script could mean. */
const OURS_ALONE = /^\/(etc|home|opt|root|srv|usr\/local)\//;
const OWNER_EXECUTE = 0o100;

/** Track scripts that could not run, or that give every VIP up at once. */
export const trackScripts: Rule = (input) =>
  placedGroups(input).flatMap((placed) =>
    (placed.written.scripts ?? []).flatMap((script, index) => {
      const path = [...placed.path, 'scripts', index];
      return typeof script === 'string'
        ? reference(script, path, input)
        : [
            ...definition(script, path, input),
            ...repeated(script, path, input),
            ...sharedFault(script, path, placed),
          ];
    }),
  );

function definitionsIn(input: RuleInput): readonly (readonly [TrackScriptFile, DocumentPath])[] {
  return placedGroups(input).flatMap(({ written, path }) =>
    (written.scripts ?? []).flatMap((script, index) =>
      typeof script === 'string' ? [] : [[script, [...path, 'scripts', index]] as const],
    ),
  );
}

function reference(name: string, path: DocumentPath, input: RuleInput): readonly LintFinding[] {
  const known = definitionsIn(input).map(([script]) => script.name);
  if (known.includes(name)) return [];
  const hint =
    known.length === 0
      ? 'Write {name: ..., run: ...} or {name: ..., gateway: true}.'
      : `The scripts are ${known.join(', ')}.`;
  return [fatal(path, `there is no track script ${name}`, hint)];
}

function definition(
  script: TrackScriptFile,
  path: DocumentPath,
  input: RuleInput,
): readonly LintFinding[] {
  const { name, run, gateway, interval = 5, timeout } = script;
  if ((run === undefined) === (gateway === undefined)) {
    const message = `the track script ${name} has ${run === undefined ? 'neither run nor gateway' : 'run and gateway'}`;
    return [fatal(path, message, 'Keep one of the two.')];
  }
  const slow =
    timeout === undefined || timeout < interval
      ? []
      : [
          lintError(
            'track-script',
            [...path, 'timeout'],
            `${name} is given ${timeout} s and runs every ${interval} s: keepalived would start the next run beside one that still goes on`,
            `Use a timeout of ${interval - 1} or less.`,
          ),
        ];
  return [
    ...slow,
    ...account(script, path, input),
    ...(run === undefined ? ping(script, path, input) : commandFile(run, path, input)),
  ];
}

function account(
  { name, user, gateway }: TrackScriptFile,
  path: DocumentPath,
  { cluster }: RuleInput,
): readonly LintFinding[] {
  if (user === undefined) return [];
  const known = knownAccounts(cluster);
  const at = [...path, 'user'];
  if (!known.includes(user)) {
    const message = `the image has no account ${user}: keepalived would not run ${name} at all`;
    return [lintError('script-user', at, message, `Use one of ${known.join(', ')}.`)];
  }
  if (gateway === undefined || user === 'root') return [];
  const message = `busybox's ping opens a raw socket, which ${user} may not: ${name} would always fail`;
  return [lintError('script-user', at, message, 'Remove user.')];
}

function ping(
  { name, gateway }: TrackScriptFile,
  path: DocumentPath,
  { cluster }: RuleInput,
): readonly LintFinding[] {
  if (typeof gateway === 'string') return [];
  return cluster.nodes
    .filter(({ interfaces }) => interfaces.every((it) => !(it.gateway4 ?? it.gateway6)))
    .map(({ hostname }) =>
      lintError(
        'track-script',
        [...path, 'gateway'],
        `${name} asks the gateway, and ${hostname} has none in this file`,
        'Give the address: gateway: 192.168.9.1.',
      ),
    );
}

/** What lies in the user's overlay can be looked at; of the base system's programs nothing is known here. */
function commandFile(run: string, path: DocumentPath, input: RuleInput): readonly LintFinding[] {
  const [program = ''] = run.trim().split(/\s+/);
  const { overlayFolder } = input.cluster;
  const { fileMode } = input.context.reader;
  if (!program.startsWith('/') || fileMode === undefined) return [];
  const source = overlayFolder === undefined ? undefined : join(overlayFolder, program);
  const at = [...path, 'run'];
  const looks = source === undefined ? [] : [fileMode(source), fileMode(`${source}.hbs`)];
  const refusal = looks.find((look) => !look.ok);
  if (refusal?.ok === false) {
    const message = `${program} of the overlay cannot be looked at: ${refusal.reason}`;
    return [
      lintError('track-script', at, message, 'Let this account read the folder and the file.'),
    ];
  }
  const mode = looks
    .map((look) => (look.ok ? look.mode : undefined))
    .find((it) => it !== undefined);
  if (mode === undefined) {
    if (!OURS_ALONE.test(program)) return [];
    const where = overlayFolder === undefined ? 'there is no overlay' : `not in ${overlayFolder}`;
    return [
      lintError(
        'track-script',
        at,
        `${program} is not in the image: ${where}`,
        `Put it into the folder that overlay names, as ${program.slice(1)}.`,
      ),
    ];
  }
  if ((mode & OWNER_EXECUTE) !== 0) return [];
  const message = `${program} of the overlay is not executable: the script would always fail`;
  return [lintError('track-script', at, message, `chmod 755 ${program.slice(1)}`)];
}

function repeated(
  script: TrackScriptFile,
  path: DocumentPath,
  input: RuleInput,
): readonly LintFinding[] {
  const first = definitionsIn(input).find(([{ name }]) => name === script.name);
  if (first === undefined || textOf(first[0]) === textOf(script)) return [];
  const message = `two track scripts have the name ${script.name}, and differ in more than their weight`;
  return [fatal(path, message, 'Give one of them another name.')];
}

function textOf(script: TrackScriptFile): string {
  const shared = Object.entries(script).filter(([key]) => key !== 'weight');
  return JSON.stringify(shared.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** All nodes have the same gateway: when it is dead, all of them are at fault. */
function sharedFault(
  { name, gateway }: TrackScriptFile,
  path: DocumentPath,
  { group }: PlacedGroup,
): readonly LintFinding[] {
  const weight = group.tracked.find(({ script }) => script === name)?.weight;
  if (gateway === undefined || weight !== 0) return [];
  const message = `with weight 0 a gateway that does not answer is a fault of every node at once: nobody holds the VIP of ${group.name} then, although clients of its own LAN could reach it`;
  const hint =
    group.preempt.mode === 'nopreempt'
      ? 'nopreempt leaves no other weight: do without this script, or without nopreempt.'
      : 'Leave weight out: the node that reaches the gateway is then preferred.';
  return [lintWarning('shared-fault', path, message, hint)];
}

function fatal(path: DocumentPath, message: string, hint: string): LintFinding {
  return { ...lintError('track-script', path, message, hint), fatal: true };
}
