import path from 'node:path';
import { withBootedCluster } from '../../boot/boot-cluster.ts';
import type { BootedCluster, NodeBoot } from '../../boot/boot-cluster.ts';
import { complaintsAbout, missingServices } from '../../boot/console/verdict.ts';
import type { Machine } from '../../boot/machine.ts';
import type { Accelerator } from '../../boot/qemu/accelerator.ts';
import type { ClusterModel } from '../../cluster/model.ts';
import { vipsOf } from '../../cluster/node-addresses.ts';
import { hostOf } from '../../cluster/values/address.ts';
import { instancesOf, memberOf } from '../../cluster/vrrp-groups.ts';
import { VipisoError } from '../../core/errors.ts';
import { step } from '../../core/events.ts';
import type { Host } from '../../host/host.ts';
import type { BootReport, FaultReport, Topology, Trial } from '../certificate/document.ts';
import type { ProofFinding } from '../findings.ts';
import { Observer } from '../measure/observer.ts';
import { obstacleTo } from '../scenarios/catalogue.ts';
import type { FaultStep, Scenario } from '../scenarios/model.ts';
import type { BootWay } from '../variants.ts';
import { baselineFindings, describePreempt } from './baseline.ts';
import { BOOT_DEADLINE_MS, REQUIRED_SERVICES } from './execute-action.ts';
import { packageComplaints } from './inside/packages.ts';
import { ASK_OWNERS_MS } from './judge.ts';
import { KubectlClient } from './kubectl.ts';
import { LiveStatus } from './live-status.ts';
import { rolesFor } from './node-roles.ts';
import { skippedReport } from './report.ts';
import { holdersOf, runFaultStep } from './run-step.ts';
import type { TrialContext } from './run-step.ts';

const SETTLE_MS = 60_000;

/** One set of images to be booted and broken. */
export interface TrialPlan {
  readonly id: string;
  readonly title: string;
  readonly cluster: ClusterModel;
  readonly images: readonly {
    readonly node: string;
    /** Absolute path. */
    readonly path: string;
    readonly size: number;
    readonly sha256: string;
  }[];
  /** Known before anything is booted. */
  readonly findings: readonly ProofFinding[];
  readonly scenarios: readonly Scenario[];
  /** Absent: from CD by BIOS. */
  readonly boot?: BootWay | undefined;
  /** Absolute folder for consoles. */
  readonly logs: string;
}

export interface TrialResult {
  readonly trial: Trial;
  readonly accelerator: Accelerator;
}

/** Boots the images, breaks them in every planned way, and says what came of it. */
export async function runTrial(host: Host, plan: TrialPlan): Promise<TrialResult> {
  const { cluster, logs } = plan;
  const boots = new Map<string, NodeBoot>();
  const way = wayOf(plan);
  for (const { node, path: image } of plan.images)
    boots.set(node, { image, ...way, debugShell: hasDebugShell(way) });
  return await withBootedCluster(host, { cluster, boots, logs }, async (booted) => ({
    trial: await runPlan(host, plan, booted),
    accelerator: booted.accelerator,
  }));
}

function wayOf({ boot }: TrialPlan): BootWay {
  return boot ?? { firmware: 'bios', as: 'cd' };
}

/** The prompt that opens it is BIOS's boot loader's. */
function hasDebugShell({ firmware }: BootWay): boolean {
  return firmware === 'bios';
}

async function runPlan(host: Host, plan: TrialPlan, booted: BootedCluster): Promise<Trial> {
  const { cluster } = plan;
  const topology = topologyOf(cluster, booted);
  const bootFindings = await waitForBoots(host, booted, plan);
  const about = { ...headOf(plan), topology, boots: bootReports(booted, wayOf(plan)) };
  if (bootFindings.some(({ code }) => code === 'boot-failed')) {
    const findings = [...plan.findings, ...bootFindings];
    return { ...about, findings, faults: allSkipped(plan, 'the pair does not boot') };
  }
  const observer = await Observer.start(host, booted.lan);
  await booted.lan.askOwners(vipsOf(cluster), ASK_OWNERS_MS);
  const accelerator = booted.accelerator.kind;
  const context = { cluster, booted, observer, accelerator, off: new Set<string>() };
  const baseline = await step(
    host.report,
    { id: `${plan.id}-baseline`, title: 'Checking every frontend' },
    async () => {
      const found = await baselineFindings(host, context);
      return found.length > 0 ? found : await askWithKubectl(host, plan, booted);
    },
    (found) => ({
      summary: found.length === 0 ? 'healthy' : found.map(({ code }) => code).join(', '),
    }),
  );
  const findings = [...plan.findings, ...bootFindings, ...baseline];
  if (bootFindings.length + baseline.length > 0) {
    const faults = allSkipped(plan, 'the pair is not healthy before any fault');
    return { ...about, findings, faults };
  }
  await observer.warmUp(cluster);
  await observer.rampUpRequestRate(accelerator);
  const status = new LiveStatus(host, context);
  const faults = await runScenarios(host, context, plan, status);
  status.end();
  await observer.end();
  return { ...about, findings, pollIntervalMs: observer.paceMs, faults };
}

/** A client that is not ours has the last word on whether the VIP is a Kubernetes API. */
async function askWithKubectl(
  host: Host,
  { logs }: TrialPlan,
  booted: BootedCluster,
): Promise<readonly ProofFinding[]> {
  const kubectl = await KubectlClient.start(host, booted, path.join(logs, 'kubectl'));
  if (kubectl === undefined) return [];
  return [...(await kubectl.findings()), ...(await kubectl.endWatch())];
}

function headOf({ id, title, images }: TrialPlan): Pick<Trial, 'id' | 'title' | 'images'> {
  const shown = images.map(({ node, size, sha256 }) => ({
    ...{ node, size, sha256 },
    file: `${node}.iso`,
  }));
  return { id, title, images: shown };
}

async function waitForBoots(
  host: Host,
  { machines }: BootedCluster,
  plan: TrialPlan,
): Promise<readonly ProofFinding[]> {
  const waits = [...machines.values()].map((machine) =>
    step(
      host.report,
      { id: `${plan.id}-boot-${machine.name}`, title: `Booting ${machine.name}` },
      () => findingsOfBoot(host, machine, plan),
      () => ({
        summary: `login after ${((machine.console.record.stages.get('login') ?? 0) / 1000).toFixed(1)} s`,
      }),
    ),
  );
  return (await Promise.all(waits)).flat();
}

async function findingsOfBoot(
  host: Host,
  machine: Machine,
  plan: TrialPlan,
): Promise<readonly ProofFinding[]> {
  try {
    await machine.reach('login', BOOT_DEADLINE_MS);
  } catch (error) {
    if (!(error instanceof VipisoError) || host.signal.aborted) throw error;
    return [{ code: 'boot-failed', text: [error.message, ...error.details].join('\n') }];
  }
  const { record } = machine.console;
  const named = missingServices(record, REQUIRED_SERVICES).map((text): ProofFinding => ({
    code: 'service-missing',
    text: `${machine.name}: ${text}`,
  }));
  const complaints = [
    ...complaintsAbout(record, []),
    // The same images by BIOS are asked anyhow.
    ...(hasDebugShell(wayOf(plan)) ? await packageComplaints(machine, plan.cluster) : []),
  ];
  const others = complaints.map((text): ProofFinding => ({
    code: 'boot-incomplete',
    text: `${machine.name}: ${text}`,
  }));
  return [...named, ...others];
}

async function runScenarios(
  host: Host,
  context: TrialContext,
  plan: TrialPlan,
  status: LiveStatus,
): Promise<FaultReport[]> {
  const reports: FaultReport[] = [];
  let lost: string | undefined;
  for (const scenario of plan.scenarios) {
    const obstacle =
      obstacleTo(scenario, plan.cluster) ??
      (lost === undefined ? undefined : `the pair did not come back after ${lost}`);
    if (obstacle !== undefined) {
      reports.push(...scenario.steps.map((faultStep) => skippedReport(faultStep, obstacle)));
      continue;
    }
    reports.push(...(await runScenario(host, context, scenario, { plan, status })));
    const { observer, cluster, off } = context;
    const isBack = (): boolean => holdersOf(context).size === cluster.vrrp.groups.length;
    if (off.size > 0 || !(await observer.until(isBack, SETTLE_MS))) lost = scenario.id;
  }
  return reports;
}

async function runScenario(
  host: Host,
  context: TrialContext,
  scenario: Scenario,
  { plan, status }: { readonly plan: TrialPlan; readonly status: LiveStatus },
): Promise<readonly FaultReport[]> {
  const { observer, cluster } = context;
  const { groups } = cluster.vrrp;
  await observer.until(() => holdersOf(context).size === groups.length, SETTLE_MS);
  const holders = holdersOf(context);
  const holder = holders.get(groups[0]);
  if (holder === undefined)
    return scenario.steps.map((faultStep) => skippedReport(faultStep, 'nobody holds the VIP'));
  const roles = rolesFor(plan.cluster, holder, holders);
  const reports: FaultReport[] = [];
  for (const faultStep of scenario.steps) {
    status.step = faultStep.title;
    reports.push(
      await step(
        host.report,
        { id: `${plan.id}-${faultStep.id}`, title: faultStep.title },
        () => runFaultStep(host, context, faultStep, roles),
        (report) => ({ summary: summarise(report) }),
      ),
    );
  }
  return reports;
}

function summarise({ verdict, findings, outageSeconds, groups, requests }: FaultReport): string {
  const each = groups?.map(({ group, outageSeconds: lost = 0 }) => `${group} ${lost.toFixed(2)} s`);
  const lost =
    outageSeconds === undefined
      ? ''
      : `${each === undefined ? `${outageSeconds.toFixed(2)} s` : each.join(' and ')} lost, `;
  const codes = findings.map(({ code }) => code).join(', ');
  const word = verdict === 'pass' ? 'pass' : `FAIL (${codes})`;
  return `${word}: ${lost}${requests.failed} of ${requests.sent} requests failed`;
}

function allSkipped({ scenarios }: TrialPlan, why: string): FaultReport[] {
  return scenarios.flatMap(({ steps }) =>
    steps.map((faultStep: FaultStep) => skippedReport(faultStep, why)),
  );
}

function bootReports({ machines }: BootedCluster, { firmware, as }: BootWay): BootReport[] {
  return [...machines.values()].map(({ name, console: { record } }) => ({
    ...{ node: name, firmware, medium: as },
    stages: [...record.stages].map(([stage, at]) => ({ stage, at })),
    services: [...record.services].map(([service, { state, sinceMs: from, atMs: at }]) => ({
      ...{ service, state, from, at },
    })),
    problems: record.problems.map(({ code, line, atMs: at }) => ({ code, line, at })),
  }));
}

function topologyOf(cluster: ClusterModel, { lan }: BootedCluster): Topology {
  const [group] = cluster.vrrp.groups;
  return {
    vips: [...vipsOf(cluster)],
    vrrp: {
      version: group.version,
      advertIntervalSeconds: group.advertInt,
      transport: group.transport,
      preempt: describePreempt(group),
      virtualRouterIds: instancesOf(cluster).map(({ virtualRouterId }) => virtualRouterId),
    },
    nodes: cluster.nodes.map((node) => ({
      hostname: node.hostname,
      role: node.role,
      priority: memberOf(group, node).priority,
      addresses: node.interfaces.flatMap(({ addresses }) => [...addresses]),
    })),
    services: cluster.services.map(({ name, port }) => ({ name, port })),
    apiServers: lan.plan.apiServers.map(({ name, address, port }) => ({ name, address, port })),
    clients: lan.plan.clients.map(hostOf),
  };
}
