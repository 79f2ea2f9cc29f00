import { VipisoError } from '../../core/errors.ts';
import type { FaultReport, ProofDocument, Topology, Trial, Verdict } from './document.ts';
import { bootName, counted, formatSeconds } from './wording.ts';

/**
 * Losing more than this share of the older loss, more than these seconds, and more than the timers leave to chance, is
 * no accident.
 */
const SHARE = 0.2;
const SECONDS = 0.3;

/** How one fault of one trial did in a proof. */
interface Outcome {
  readonly verdict: Verdict;
  readonly outageSeconds: number | undefined;
  /** By how much the loss may differ from run to run; undefined where losses are shown and not judged. */
  readonly jitterSeconds: number | undefined;
}

/**
 * regressed: passed and fails now, or loses more than chance explains. improved: the other way round.
 * not-run: the newer proof leaves out, or skips, what the older one did. added: only the newer did it.
 */
export type Change = 'regressed' | 'improved' | 'same' | 'not-run' | 'added';

export interface FaultChange {
  readonly trial: string;
  readonly fault: string;
  readonly title: string;
  readonly older: Outcome | undefined;
  readonly newer: Outcome | undefined;
  readonly change: Change;
  /** In words: `failed where it passed`, `loses 0.52 s more`. Empty for `same`. */
  readonly why: string;
}

interface Difference {
  readonly trial: string;
  /** `nodes`, `VRRP version`, `lb-1 image`, `lb-1 login`. */
  readonly what: string;
  readonly older: string;
  readonly newer: string;
}

export interface ImageChange {
  readonly trial: string;
  readonly node: string;
  readonly older: string | undefined;
  readonly newer: string | undefined;
}

export interface BootChange {
  readonly trial: string;
  /** `lb-1, BIOS, from CD`. */
  readonly boot: string;
  readonly stage: string;
  /** Milliseconds since power-on; absent where the stage was not reached. */
  readonly olderMs: number | undefined;
  readonly newerMs: number | undefined;
}

export interface ProofComparison {
  readonly older: { readonly startedAt: string; readonly tool: string };
  readonly newer: { readonly startedAt: string; readonly tool: string };
  /** Facts of the hosts that differ: timings of unlike hosts say little about the images. */
  readonly hosts: readonly Difference[];
  readonly images: readonly ImageChange[];
  readonly settings: readonly Difference[];
  readonly faults: readonly FaultChange[];
  readonly boots: readonly BootChange[];
}

/** Compares two proofs trial by trial and fault by fault, by their ids. The order is the newer one's. */
export function compareProofs(older: ProofDocument, newer: ProofDocument): ProofComparison {
  const trials = pairs(older.trials, newer.trials, ({ id }) => id);
  return {
    older: { startedAt: older.startedAt, tool: older.tool },
    newer: { startedAt: newer.startedAt, tool: newer.tool },
    hosts: differences('', Object.entries(older.host), Object.entries(newer.host)),
    images: trials.flatMap(imageChanges),
    settings: trials.flatMap(settingChanges),
    faults: trials.flatMap(faultChanges),
    boots: trials.flatMap(bootChanges),
  };
}

/**
 * What a run ends with that was compared to an older proof: an error if anything regressed. Faults that the newer
 * proof did not perform are no regression, so that a quick set can be held against a full one; neither are boot
 * times, which are the host's as much as the images'.
 */
export function regressionError({ faults, older }: ProofComparison): VipisoError | undefined {
  const regressed = faults.filter(({ change }) => change === 'regressed');
  if (regressed.length === 0) return undefined;
  return new VipisoError(
    'proof-failed',
    `${counted(regressed.length, 'fault')} did better in the proof of ${older.startedAt}`,
    {
      hint: 'Compare the two timelines in proof.html; a changed setting or image is listed in the comparison.',
      details: regressed.map(({ trial, fault, why }) => `${trial}, ${fault}: ${why}`),
    },
  );
}

interface Pair<Thing> {
  readonly key: string;
  readonly older: Thing | undefined;
  readonly newer: Thing | undefined;
}

function pairs<Thing>(
  older: readonly Thing[],
  newer: readonly Thing[],
  keyOf: (thing: Thing) => string,
): readonly Pair<Thing>[] {
  const [before, after] = [older, newer].map(
    (things) => new Map(things.map((thing) => [keyOf(thing), thing])),
  );
  const keys = new Set([...(after?.keys() ?? []), ...(before?.keys() ?? [])]);
  return [...keys].map((key) => ({ key, older: before?.get(key), newer: after?.get(key) }));
}

function imageChanges({ key, older, newer }: Pair<Trial>): readonly ImageChange[] {
  return pairs(older?.images ?? [], newer?.images ?? [], ({ node }) => node).map((pair) => ({
    trial: key,
    node: pair.key,
    older: pair.older?.sha256,
    newer: pair.newer?.sha256,
  }));
}

function settingChanges({ key, older, newer }: Pair<Trial>): readonly Difference[] {
  if (older === undefined || newer === undefined) return [];
  return differences(key, settingsOf(older.topology), settingsOf(newer.topology));
}

function settingsOf({ vips, vrrp, nodes }: Topology): readonly (readonly [string, string])[] {
  return [
    ['virtual addresses', vips.join(', ')],
    ['VRRP version', String(vrrp.version)],
    ['advert interval', `${vrrp.advertIntervalSeconds} s`],
    ['transport', vrrp.transport],
    ['preemption', vrrp.preempt],
    ['virtual router ids', vrrp.virtualRouterIds.join(', ')],
    ...nodes.map(
      ({ hostname, role, priority }) => [`node ${hostname}`, `${role} ${priority}`] as const,
    ),
  ];
}

function differences(
  trial: string,
  older: readonly (readonly [string, string | number])[],
  newer: readonly (readonly [string, string | number])[],
): readonly Difference[] {
  return pairs(older, newer, ([name]) => name)
    .map((pair) => ({
      trial,
      what: pair.key,
      older: String(pair.older?.[1] ?? 'none'),
      newer: String(pair.newer?.[1] ?? 'none'),
    }))
    .filter((it) => it.older !== it.newer);
}

function bootChanges({ key, older, newer }: Pair<Trial>): readonly BootChange[] {
  const boots = pairs(older?.boots ?? [], newer?.boots ?? [], bootName);
  return boots.flatMap((boot) =>
    boot.older === undefined || boot.newer === undefined
      ? []
      : pairs(boot.older.stages, boot.newer.stages, ({ stage }) => stage).map((stage) => ({
          trial: key,
          boot: boot.key,
          stage: stage.key,
          olderMs: stage.older?.at,
          newerMs: stage.newer?.at,
        })),
  );
}

function faultChanges({ key, older, newer }: Pair<Trial>): readonly FaultChange[] {
  return pairs(older?.faults ?? [], newer?.faults ?? [], ({ id }) => id).map((pair) => {
    const [before, after] = [outcomeOf(pair.older), outcomeOf(pair.newer)];
    return {
      trial: key,
      fault: pair.key,
      title: (pair.newer ?? pair.older)?.title ?? pair.key,
      older: before,
      newer: after,
      ...judge(before, after),
    };
  });
}

function outcomeOf(fault: FaultReport | undefined): Outcome | undefined {
  if (fault === undefined) return undefined;
  const { verdict, outageSeconds, allowedSeconds, jitterSeconds = 0 } = fault;
  const isJudged = allowedSeconds !== undefined;
  return { verdict, outageSeconds, jitterSeconds: isJudged ? jitterSeconds : undefined };
}

type Judgement = Pick<FaultChange, 'change' | 'why'>;

function judge(older: Outcome | undefined, newer: Outcome | undefined): Judgement {
  if (newer === undefined || newer.verdict === 'skipped') {
    const why = newer === undefined ? 'is not in the newer proof' : 'was skipped';
    if (older === undefined || older.verdict === 'skipped') return { change: 'same', why: '' };
    return { change: 'not-run', why };
  }
  if (older === undefined || older.verdict === 'skipped')
    return { change: 'added', why: 'was not run before' };
  if (older.verdict !== newer.verdict)
    return newer.verdict === 'fail'
      ? { change: 'regressed', why: 'fails where it passed' }
      : { change: 'improved', why: 'passes where it failed' };
  return judgeLoss(older.outageSeconds, newer.outageSeconds, newer.jitterSeconds);
}

function judgeLoss(
  older: number | undefined,
  newer: number | undefined,
  chance: number | undefined,
): Judgement {
  if (older === undefined || newer === undefined || chance === undefined)
    return { change: 'same', why: '' };
  const more = newer - older;
  if (more > Math.max(SHARE * older, SECONDS, chance))
    return { change: 'regressed', why: `loses ${formatSeconds(more)} more` };
  if (-more > Math.max(SHARE * newer, SECONDS, chance))
    return { change: 'improved', why: `loses ${formatSeconds(-more)} less` };
  return { change: 'same', why: '' };
}
