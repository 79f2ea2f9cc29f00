import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { hintAtAccelerator } from '../boot/qemu/accelerator.ts';
import { findUefi } from '../boot/qemu/firmware.ts';
import { VipisoError } from '../core/errors.ts';
import { formatBytes } from '../core/format-bytes.ts';
import { isErrno } from '../host/fs/errno.ts';
import type { Host } from '../host/host.ts';
import { requireSandbox } from '../host/sandbox/require-sandbox.ts';
import { findTool, toolsMissing } from '../host/tools/find-tool.ts';
import { toolsFor } from '../host/tools/tool-packages.ts';
import { toolVersion } from '../host/tools/tool-version.ts';

/** What a thing is needed for; `build` decides whether images can be made here at all. */
export type Need = 'build' | 'prove';

export interface Examined {
  readonly what: string;
  readonly need: Need;
  readonly state: 'good' | 'poor' | 'missing';
  /** A version, an amount, or the reason why not. */
  readonly found: string;
  readonly hint?: string | undefined;
}

export interface Examination {
  readonly findings: readonly Examined[];
  /** One install command per family of systems, for everything that is missing. */
  readonly install: readonly string[];
  readonly canBuild: boolean;
}

const LEAST_NODE = [20, 18, 1] as const;
/** A base with its packages, and a pair of images, take about this much. */
const RECOMMENDED_BYTES = 1_000_000_000;

/** Looks at everything that the host must bring, without changing it. */
export async function examineHost(host: Host): Promise<Examination> {
  const findings = [
    nodeVersion(process.versions.node),
    ...(await examineTools(host, toolsFor('native'), 'build')),
    await examineSandbox(host),
    await examineSpace('space for the cache', host.cacheFolder),
    await examineSpace('space for images', host.cwd),
    ...(await examineTools(host, toolsFor('boot'), 'prove')),
    await examineAccelerator(host),
    examineFirmware(),
  ];
  const missing = [...toolsFor('native'), ...toolsFor('boot')].filter(
    (tool) => findTool(host, tool) === undefined,
  );
  return {
    findings,
    install: missing.length === 0 ? [] : toolsMissing(missing).details,
    canBuild: findings.every(({ need, state }) => need !== 'build' || state !== 'missing'),
  };
}

export function nodeVersion(version: string): Examined {
  const parts = version.split('.').map(Number);
  const difference = LEAST_NODE.map((least, index) => (parts[index] ?? 0) - least);
  const state = (difference.find((it) => it !== 0) ?? 0) < 0 ? 'missing' : 'good';
  const hint = `Install Node.js ${LEAST_NODE.join('.')} or newer.`;
  return {
    what: 'Node.js',
    need: 'build',
    state,
    found: version,
    ...(state !== 'good' && { hint }),
  };
}

async function examineTools(
  host: Host,
  tools: readonly string[],
  need: Need,
): Promise<readonly Examined[]> {
  const examine = async (what: string): Promise<Examined> => {
    if (findTool(host, what) === undefined) {
      return { what, need, state: 'missing', found: 'not installed' };
    }
    try {
      return { what, need, state: 'good', found: await toolVersion(host, what) };
    } catch (error) {
      return { what, need, ...trouble(error) };
    }
  };
  return await Promise.all(tools.map(examine));
}

async function examineSandbox(host: Host): Promise<Examined> {
  const about = { what: 'sandbox', need: 'build' } as const;
  try {
    const who = await requireSandbox(host);
    return { ...about, state: 'good', found: `user namespaces are allowed; programs run ${who}` };
  } catch (error) {
    return { ...about, ...trouble(error) };
  }
}

async function examineSpace(what: string, folder: string): Promise<Examined> {
  const about = { what, need: 'build' } as const;
  const free = await freeBytes(folder);
  const found = `${formatBytes(free)} free in ${folder}`;
  if (free >= RECOMMENDED_BYTES) return { ...about, state: 'good', found };
  const hint = 'Free some space, or choose another place (VIPISO_CACHE, --out).';
  return { ...about, state: 'poor', found, hint };
}

/** Of the file system that the folder lies on, or will lie on. */
async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    return await freeBytes(path.dirname(folder));
  }
}

async function examineAccelerator(host: Host): Promise<Examined> {
  const about = { what: 'accelerator', need: 'prove' } as const;
  try {
    const { kind, reason } = await hintAtAccelerator(host);
    return { ...about, state: kind === 'kvm' ? 'good' : 'poor', found: `${kind}: ${reason}` };
  } catch (error) {
    return { ...about, ...trouble(error) };
  }
}

function examineFirmware(): Examined {
  const about = { what: 'UEFI firmware', need: 'prove' } as const;
  try {
    const firmware = findUefi();
    return { ...about, state: 'good', found: firmware.kind === 'uefi' ? firmware.code : 'bios' };
  } catch (error) {
    return { ...about, ...trouble(error) };
  }
}

/** What we foresee is a finding; anything else is a mistake of ours and must not look like one. */
function trouble(error: unknown): Pick<Examined, 'state' | 'found' | 'hint'> {
  if (!(error instanceof VipisoError) || error.code === 'interrupted') throw error;
  return { state: 'missing', found: error.message, hint: error.hint };
}

const MARKS = { good: 'ok', poor: '!!', missing: 'NO' } as const;

/** For people: a table, and how to mend what is missing. */
export function formatExamination({ findings, install, canBuild }: Examination): readonly string[] {
  const width = Math.max(...findings.map(({ what }) => what.length));
  const rows = findings.flatMap(({ what, need, state, found, hint }) => [
    `${MARKS[state]}  ${what.padEnd(width)}  ${need.padEnd('prove'.length)}  ${found}`,
    ...(hint === undefined ? [] : [`${' '.repeat(width + 13)}${hint}`]),
  ]);
  const remedy =
    install.length === 0 ? [] : ['', 'To install what is missing, as root:', ...install];
  return [
    ...rows,
    ...remedy,
    '',
    canBuild ? 'Images can be built here.' : 'Images cannot be built here.',
  ];
}
