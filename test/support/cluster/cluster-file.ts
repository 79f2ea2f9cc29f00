import { stringify } from 'yaml';
import type { ClusterModel } from '../../../scripts/cluster/model.ts';
import { parseCluster } from '../../../scripts/cluster/parse.ts';
import type { ClusterParse } from '../../../scripts/cluster/parse.ts';
import type { ReferenceContext } from '../../../scripts/cluster/references.ts';
import type { Diagnostic } from '../../../scripts/core/diagnostic.ts';

/** What the references of a cluster file find: files by absolute path, environment variables by name. */
export interface World {
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Unix seconds. */
  readonly now?: number;
  /** Permission bits of files. */
  readonly modes?: Readonly<Record<string, number>>;
  /** Absolute paths of files that this account may not look at. */
  readonly closed?: readonly string[];
}

export function contextOf(world: World = {}): ReferenceContext {
  return {
    folder: '/site',
    now: world.now,
    reader: {
      readTextFile: (file) => {
        const text = world.files?.[file];
        return text === undefined
          ? { ok: false, reason: 'there is no such file' }
          : { ok: true, text };
      },
      ...(world.modes !== undefined && {
        fileMode: (file: string) =>
          world.closed?.includes(file) === true
            ? { ok: false as const, reason: 'permission denied' }
            : { ok: true as const, mode: world.modes?.[file] },
      }),
      env: (name) => world.env?.[name],
    },
  };
}

type Mapping = Readonly<Record<string, unknown>>;

const NODES = [
  { hostname: 'lb-1', address: '192.168.9.137/24' },
  { hostname: 'lb-2', address: '192.168.9.138/24' },
];
const BACKENDS = [
  { name: 'k8s-1', address: '192.168.9.130' },
  { name: 'k8s-2', address: '192.168.9.131' },
  { name: 'k8s-3', address: '192.168.9.132' },
];

/** The reference case with nothing but names, addresses and the VIP; parts can be replaced or extended. */
export function minimalFile(
  changes: {
    readonly nodes?: readonly Mapping[];
    readonly vrrp?: Mapping;
    readonly service?: Mapping;
    readonly services?: readonly Mapping[];
    readonly rest?: Mapping;
  } = {},
): Mapping {
  return {
    nodes: changes.nodes ?? NODES,
    vrrp: { vip: '192.168.9.139', ...changes.vrrp },
    services: changes.services ?? [{ backends: BACKENDS, ...changes.service }],
    ...changes.rest,
  };
}

export function parseText(text: string, world: World = {}): ClusterParse {
  return parseCluster(text, contextOf(world));
}

export function parseFile(file: Mapping, world: World = {}): ClusterParse {
  return parseText(stringify(file), world);
}

/** Every finding of a file, good or bad. */
export function findingsIn(file: Mapping, world: World = {}): readonly Diagnostic[] {
  const parsed = parseFile(file, world);
  return parsed.ok ? parsed.warnings : parsed.diagnostics;
}

/** The model of a file that must be good. */
export function modelOf(file: Mapping, world: World = {}): ClusterModel {
  const parsed = parseFile(file, world);
  if (parsed.ok) return parsed.cluster;
  throw new Error(parsed.diagnostics.map(({ path, message }) => `${path}: ${message}`).join('\n'));
}

/** `severity code path` of each finding: what tests compare. */
export function brief(findings: readonly Diagnostic[]): readonly string[] {
  return findings.map(({ severity, code, path }) => `${severity} ${code} ${path}`);
}
