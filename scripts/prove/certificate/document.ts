import { z } from 'zod';
import { SLO_KEYS } from '../../cluster/slo/model.ts';
import { FINDING_CODES } from '../findings.ts';

export type { FindingCode } from '../findings.ts';

/** Version of the document; `upgrade.ts` reads the older ones. */
export const PROOF_SCHEMA = 2;

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const milliseconds = z.number().nonnegative();

export const ProofFinding = z.strictObject({ code: z.enum(FINDING_CODES), text: z.string() });
export type ProofFinding = z.infer<typeof ProofFinding>;

export const Verdict = z.enum(['pass', 'fail', 'skipped']);
export type Verdict = z.infer<typeof Verdict>;

/** `from` and `until` in milliseconds since the report's beginning; no `until` = to its end. */
const Span = z.strictObject({ from: milliseconds, until: milliseconds.optional() });

/** Something that was done or seen, for the timeline. */
export const TimelineEvent = z.strictObject({
  at: milliseconds,
  /** step: what the proof did. vrrp, arp: seen on the wire. console: told by a node. stream: of a long stream. */
  kind: z.enum(['step', 'vrrp', 'arp', 'console', 'stream']),
  node: z.string().optional(),
  text: z.string(),
});
export type TimelineEvent = z.infer<typeof TimelineEvent>;

/** What one client saw, in buckets of equal length from the report's beginning. */
export const RequestSeries = z.strictObject({
  /** `192.168.9.139:6443`. */
  target: z.string(),
  bucketMs: z.number().positive(),
  answered: z.array(z.int().nonnegative()),
  failed: z.array(z.int().nonnegative()),
  /** Slowest answer asked for in each bucket; 0 where there was none. */
  slowestMs: z.array(milliseconds),
});
export type RequestSeries = z.infer<typeof RequestSeries>;

const Loss = {
  /** Seconds without answers at the VIP, and what was allowed. Absent where loss is not what is judged. */
  outageSeconds: z.number().nonnegative().optional(),
  allowedSeconds: z.number().nonnegative().optional(),
  /** What emulation and a busy machine may add to what is allowed. */
  marginSeconds: z.number().nonnegative().optional(),
  /** By how much losses differ from one run to the next: the fault comes anywhere between two adverts or checks. */
  jitterSeconds: z.number().nonnegative().optional(),
};

export const FaultReport = z.strictObject({
  /** Of the catalogue: `power-cut-master`. */
  id: z.string(),
  title: z.string(),
  /** What is done, and what must happen, each a sentence. */
  action: z.string(),
  expectation: z.string(),
  verdict: Verdict,
  findings: z.array(ProofFinding),
  /** Why it was skipped. */
  skipped: z.string().optional(),
  durationMs: milliseconds,
  ...Loss,
  /** What the timers predict for the loss: the fault comes anywhere between two adverts or checks. */
  predicted: z
    .strictObject({
      least: z.number().nonnegative(),
      expected: z.number().nonnegative(),
      most: z.number().nonnegative(),
    })
    .optional(),
  /** The demand of the cluster file's `slo` that the loss was held against. */
  slo: z.strictObject({ key: z.enum(SLO_KEYS), askedSeconds: z.number().nonnegative() }).optional(),
  /** Per VRRP group where there are several; above is the one that says most. */
  groups: z.array(z.strictObject({ group: z.string(), ...Loss })).optional(),
  requests: z.strictObject({
    sent: z.int(),
    failed: z.int(),
    /** How many failed for which reason: `ECONNREFUSED`, `no answer within 900 ms`. */
    reasons: z.record(z.string(), z.int()).optional(),
  }),
  outages: z.array(Span),
  /** Which node spoke as VRRP master when. */
  masterPeriods: z.array(Span.extend({ node: z.string(), virtualRouterId: z.int() })),
  timeline: z.array(TimelineEvent),
  requestSeries: z.array(RequestSeries),
});
export type FaultReport = z.infer<typeof FaultReport>;

/** One node's way from power-on. */
export const BootReport = z.strictObject({
  node: z.string(),
  firmware: z.enum(['bios', 'uefi']),
  medium: z.enum(['cd', 'disk']),
  stages: z.array(z.strictObject({ stage: z.string(), at: milliseconds })),
  services: z.array(
    z.strictObject({
      service: z.string(),
      state: z.enum(['starting', 'started', 'failed']),
      from: milliseconds.optional(),
      at: milliseconds,
    }),
  ),
  problems: z.array(z.strictObject({ code: z.string(), line: z.string(), at: milliseconds })),
});
export type BootReport = z.infer<typeof BootReport>;

const Topology = z.strictObject({
  vips: z.array(z.string()),
  vrrp: z.strictObject({
    version: z.union([z.literal(2), z.literal(3)]),
    advertIntervalSeconds: z.number(),
    transport: z.enum(['multicast', 'unicast']),
    /** `preempt`, `preempt after 5 s`, `nopreempt`. */
    preempt: z.string(),
    virtualRouterIds: z.array(z.int()),
  }),
  nodes: z.array(
    z.strictObject({
      hostname: z.string(),
      role: z.enum(['MASTER', 'BACKUP']),
      priority: z.int(),
      addresses: z.array(z.string()),
    }),
  ),
  services: z.array(z.strictObject({ name: z.string(), port: z.int() })),
  apiServers: z.array(z.strictObject({ name: z.string(), address: z.string(), port: z.int() })),
  clients: z.array(z.string()),
});
export type Topology = z.infer<typeof Topology>;

/** One set of images that was booted and broken: the ones that ship, or a variant of the matrix. */
export const Trial = z.strictObject({
  /** `shipped`, or the variant's name: `v3-200ms`. */
  id: z.string(),
  title: z.string(),
  images: z.array(
    z.strictObject({ node: z.string(), file: z.string(), size: z.int(), sha256: digest }),
  ),
  topology: Topology,
  boots: z.array(BootReport),
  /** What was wrong before anything was broken; then no fault is performed. */
  findings: z.array(ProofFinding),
  /** Milliseconds between the requests of the clients: the exactness of the losses. Absent where nothing was broken. */
  pollIntervalMs: z.number().positive().optional(),
  faults: z.array(FaultReport),
});
export type Trial = z.infer<typeof Trial>;

/** One node's images before and after: every node was swapped once in each direction. */
const UpgradeImages = z.array(
  z.strictObject({ node: z.string(), file: z.string(), size: z.int(), sha256: digest }),
);

/** One rollout over all nodes, from one release to the other, as clients saw it. */
export const UpgradeRun = z.strictObject({
  /** From 1, in the order in which they were run. */
  number: z.int().positive(),
  direction: z.enum(['forward', 'back']),
  verdict: Verdict,
  findings: z.array(ProofFinding),
  durationSeconds: z.number().nonnegative(),
  requests: z.strictObject({
    sent: z.int(),
    failed: z.int(),
    reasons: z.record(z.string(), z.int()).optional(),
  }),
  /** Milliseconds: the longest time without an answer, and the answer that took longest. */
  longestGapMs: milliseconds,
  slowestMs: milliseconds,
  /** Watch streams that were open all the time, each opened again when it was cut: how often that was. */
  streams: z.strictObject({ open: z.int(), cuts: z.array(z.int().nonnegative()) }),
  /** What was done, in milliseconds since the run's beginning, and how many requests had failed since the last step. */
  steps: z.array(z.strictObject({ at: milliseconds, text: z.string(), failed: z.int() })),
});
export type UpgradeRun = z.infer<typeof UpgradeRun>;

/** A rolling upgrade from one release to another and back. */
export const UpgradeProof = z.strictObject({
  verdict: z.enum(['pass', 'fail']),
  from: UpgradeImages,
  to: UpgradeImages,
  /** Packages whose versions differ, where both manifests name them. */
  packages: z.array(z.strictObject({ name: z.string(), from: z.string(), to: z.string() })),
  /** Milliseconds between requests, and after which one has failed. */
  pollIntervalMs: z.number().positive(),
  timeoutMs: z.number().positive(),
  /** Before anything was swapped. */
  findings: z.array(ProofFinding),
  runs: z.array(UpgradeRun),
});
export type UpgradeProof = z.infer<typeof UpgradeProof>;

const ClientFigures = z.strictObject({
  sent: z.int(),
  failed: z.int(),
  slowestMs: milliseconds,
  /** The longest time without an answer. */
  longestGapMs: milliseconds,
  reasons: z.record(z.string(), z.int()).optional(),
});

/** One step of a fault, as clients of real API servers saw it through the VIP. */
export const ControlPlaneStep = z.strictObject({
  id: z.string(),
  title: z.string(),
  verdict: Verdict,
  findings: z.array(ProofFinding),
  skipped: z.string().optional(),
  durationMs: milliseconds,
  requests: ClientFigures,
  writes: ClientFigures,
  /** How often each watch and each upgraded connection was cut, and opened again. */
  streams: z.array(z.strictObject({ name: z.string(), received: z.int(), cuts: z.int() })),
  leader: z.strictObject({ renewals: z.int(), changes: z.int(), longestGapMs: milliseconds }),
  /** What the timers allow, in seconds; absent where it is not judged. */
  allowedSeconds: z.number().nonnegative().optional(),
  marginSeconds: z.number().nonnegative().optional(),
});
export type ControlPlaneStep = z.infer<typeof ControlPlaneStep>;

/** Faults under real kube-apiservers and etcd, and what became of all that clients were told. */
export const ControlPlaneProof = z.strictObject({
  verdict: z.enum(['pass', 'fail']),
  /** As the programs say it; kubectl is absent where there was none. */
  versions: z.strictObject({
    apiServer: z.string(),
    etcd: z.string(),
    kubectl: z.string().optional(),
  }),
  images: UpgradeImages,
  apiServers: z.int(),
  findings: z.array(ProofFinding),
  steps: z.array(ControlPlaneStep),
  /** Absent where clients did not get going. */
  verification: z
    .strictObject({
      acknowledgedWrites: z.int(),
      /** Each read all acknowledged writes back. */
      servers: z.array(z.strictObject({ name: z.string(), lostWrites: z.int() })),
      watches: z.array(
        z.strictObject({ name: z.string(), events: z.int(), missed: z.int(), twice: z.int() }),
      ),
    })
    .optional(),
});
export type ControlPlaneProof = z.infer<typeof ControlPlaneProof>;

/**
 * `proof.json`: what was booted, on what, what was done to it, and what a client at the VIP saw. It holds no secret
 * and no path of the machine it was made on.
 */
export const ProofDocument = z.strictObject({
  schema: z.literal(PROOF_SCHEMA),
  verdict: z.enum(['pass', 'fail']),
  cluster: z.string(),
  /** Which faults: a named set, or those that were asked for one by one. */
  set: z.enum(['quick', 'full', 'custom']),
  /** ISO 8601, UTC. */
  startedAt: z.iso.datetime(),
  durationSeconds: z.number().nonnegative(),
  tool: z.string(),
  /** Digest of the lock, where the images' manifest names one. */
  lock: digest.optional(),
  host: z.strictObject({
    arch: z.string(),
    kernel: z.string(),
    processors: z.int(),
    processorModel: z.string(),
    memoryMib: z.int(),
    qemu: z.string(),
    accelerator: z.string(),
    nodejs: z.string(),
  }),
  /** The first is of the images that ship. None where an upgrade or a control plane alone was proved. */
  trials: z.array(Trial),
  upgrade: UpgradeProof.optional(),
  controlPlane: ControlPlaneProof.optional(),
});
export type ProofDocument = z.infer<typeof ProofDocument>;

/** The file's text: the schema's key order, two blanks, a newline at the end. */
export function formatProof(proof: ProofDocument): string {
  return `${JSON.stringify(ProofDocument.parse(proof), null, 2)}\n`;
}
