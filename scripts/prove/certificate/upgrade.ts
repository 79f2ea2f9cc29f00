/** Names of version 1 of `proof.json` and what they are called since. */
const DOCUMENT = { seconds: 'durationSeconds' };
const HOST = { node: 'nodejs' };
const TRIAL = { pollMs: 'pollIntervalMs' };
const VRRP = { advertSeconds: 'advertIntervalSeconds' };
const BOOT = { as: 'medium' };
const LOSS = { lostSeconds: 'outageSeconds', chanceSeconds: 'jitterSeconds' };
const FAULT = { ...LOSS, masterships: 'masterPeriods', strips: 'requestSeries' };
const REQUESTS = { asked: 'sent' };
const FINDING_CODES: Readonly<Record<string, string>> = {
  'two-masters': 'split-brain',
  'vip-unanswered': 'vip-unreachable',
  'backend-unreached': 'healthy-backend-out-of-rotation',
  'backend-trusted': 'failed-backend-in-rotation',
  'lost-too-long': 'outage-too-long',
  'not-taken-over': 'failover-failed',
  'not-taken-back': 'failback-failed',
  'not-announced': 'vip-not-announced',
  flapped: 'vip-flapping',
  'not-performed': 'fault-injection-failed',
};

type Json = Readonly<Record<string, unknown>>;
type Change = (value: unknown) => unknown;

/**
 * A parsed `proof.json` of an older version in the form of this one, so that `--against` takes it. Anything else comes
 * back as it is, for the schema to judge.
 */
export function upgradeProof(document: unknown): unknown {
  if (!isObject(document) || document['schema'] !== 1) return document;
  const set = document['set'] === 'chosen' ? 'custom' : document['set'];
  return object(DOCUMENT, { host: object(HOST), trials: list(trial) })({
    ...document,
    ...{ schema: 2, set },
  });
}

const finding: Change = (value) => {
  const code = isObject(value) ? value['code'] : undefined;
  if (!isObject(value) || typeof code !== 'string') return value;
  return { ...value, code: FINDING_CODES[code] ?? code };
};

const fault = object(FAULT, {
  findings: list(finding),
  groups: list(object(LOSS)),
  requests: object(REQUESTS),
});

const trial = object(TRIAL, {
  topology: object({}, { vrrp: object(VRRP) }),
  boots: list(object(BOOT)),
  findings: list(finding),
  faults: list(fault),
});

/** Renames an object's keys; `inner` says, by their old names, what happens to their values. */
function object(
  names: Readonly<Record<string, string>>,
  inner: Record<string, Change> = {},
): Change {
  return (value) => {
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, it]) => [names[key] ?? key, inner[key]?.(it) ?? it]),
    );
  };
}

function list(change: Change): Change {
  return (value) => (Array.isArray(value) ? value.map(change) : value);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
