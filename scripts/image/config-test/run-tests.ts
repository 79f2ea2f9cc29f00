import { release } from 'node:os';
import path from 'node:path';
import pMap from 'p-map';
import type { NodeModel } from '../../cluster/model.ts';
import { digestOf, sha256 } from '../../core/digest.ts';
import type { Sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { isFileBelow } from '../../host/below/files-below.ts';
import { readDerived, writeDerived } from '../../host/cache/derived-file.ts';
import { removeStaleTemps, withTempFolder } from '../../host/fs/temp-folder.ts';
import type { Host } from '../../host/host.ts';
import { runSandboxed } from '../../host/sandbox/sandbox.ts';
import type { SandboxCall } from '../../host/sandbox/sandbox-call.ts';
import type { FileTree } from '../../overlay/tree.ts';
import type { Complaint, ProgramOutput } from './complaints/complaint.ts';
import { parseShellOutput } from './complaints/shell.ts';
import { CONFIG_TESTS } from './config-tests.ts';
import type { TestFindings } from './config-tests.ts';
import { IMAGE_ROOTS } from './image-root.ts';
import type { ImageRoot } from './image-root.ts';
import { makeNodeRoot } from './node-root.ts';
import { findScripts } from './shell-scripts.ts';
import type { ShellScript } from './shell-scripts.ts';

/** What one program said of a node's files. */
export interface ProgramVerdict extends TestFindings {
  /** As messages call it: `haproxy`, `sh`. */
  readonly program: string;
}

export interface NodeFiles {
  readonly node: NodeModel;
  /** The node's overlay. */
  readonly tree: FileTree;
}

export interface TestOptions {
  /** For each program. */
  readonly timeoutMs?: number | undefined;
  /** Takes out of what a program said whatever must not be kept or shown: secrets. */
  readonly mask: (text: string) => Promise<string>;
}

/** Most take some hundredths of a second; a loaded machine is not a reason to give up. */
const TIMEOUT_MS = 30_000;
/** Sandboxes at the same time. */
const CONCURRENCY = 4;
/** Kind of cache entry, and its version: raised whenever other programs are asked, or asked in another way. */
const VERDICTS = 'config-tests';
const VERDICT_VERSION = 1;

const HIGHEST = 255;
const EVERY_EXIT_CODE = Array.from({ length: HIGHEST + 1 }, (_, code) => code);
/** Shells and bwrap add the number of a signal to it. */
const KILLED = 128;

/**
 * Asks the very programs of an image whether they accept the files of a node: each in a sandbox without network, in the
 * root that the node will have. A verdict is kept for the same packages, files and kernel, unless something could not
 * be looked at.
 *
 * @throws VipisoError timeout, tool-failed: a program hung, crashed or could not be run; cluster-invalid
 */
export async function testNode(
  host: Host,
  root: ImageRoot,
  files: NodeFiles,
  options: TestOptions,
): Promise<readonly ProgramVerdict[]> {
  const key = verdictKey(root, files);
  const known = await readDerived(host, VERDICTS, key);
  if (known !== undefined) return JSON.parse(known.toString()) as readonly ProgramVerdict[];
  const near = path.join(host.cacheFolder, IMAGE_ROOTS);
  await removeStaleTemps(host, near);
  const verdicts = await withTempFolder(host, near, async (temp) => {
    const folder = path.join(temp, 'root');
    makeNodeRoot(await root.folder(), files.tree, folder);
    return await masked(await runAll(host, folder, files, options), options);
  });
  if (verdicts.every(({ limits }) => limits.length === 0))
    await writeDerived(host, VERDICTS, key, Buffer.from(JSON.stringify(verdicts)));
  return verdicts;
}

/** nft's verdict is also the kernel's. */
function verdictKey(root: ImageRoot, { node, tree }: NodeFiles): Sha256 {
  return digestOf({
    version: VERDICT_VERSION,
    kernel: release(),
    root: root.digest,
    interfaces: node.interfaces.map(({ name, vlan }) => [name, vlan?.parent]),
    tree: tree.map((entry) => {
      if (entry.type !== 'file') return { ...entry };
      return { ...entry, content: sha256(entry.content) };
    }),
  });
}

async function runAll(
  host: Host,
  folder: string,
  files: NodeFiles,
  { timeoutMs = TIMEOUT_MS }: TestOptions,
): Promise<readonly ProgramVerdict[]> {
  const { node, tree } = files;
  const { scripts, complaints } = await findScripts(folder, tree);
  const ask = async (program: string, call: Pick<SandboxCall, 'command' | 'capabilities'>) => {
    return await runProgram(host, folder, call, { program, hostname: node.hostname, timeoutMs });
  };
  const tests = CONFIG_TESTS.filter(({ config }) => tree.some((it) => it.path === config));
  const jobs = tests.map((test) => async (): Promise<readonly ProgramVerdict[]> => {
    const { program, capabilities, judge } = test;
    const place = await findProgram(folder, test.places);
    if (place === undefined) return [];
    const output = await ask(program, { command: test.command(place, node), capabilities });
    return [{ program, ...judge(output) }];
  });
  jobs.push(async () => {
    const said = scripts.length === 0 ? [] : parseShellOutput(await ask('sh', shellCall(scripts)));
    return [{ program: 'sh', complaints: [...complaints, ...said], limits: [] }];
  });
  return (await pMap(jobs, (job) => job(), { concurrency: CONCURRENCY })).flat();
}

async function masked(
  verdicts: readonly ProgramVerdict[],
  { mask }: TestOptions,
): Promise<readonly ProgramVerdict[]> {
  const clean: ProgramVerdict[] = [];
  for (const verdict of verdicts) {
    const complaints: Complaint[] = [];
    for (const it of verdict.complaints) complaints.push({ ...it, text: await mask(it.text) });
    clean.push({ ...verdict, complaints });
  }
  return clean;
}

async function findProgram(folder: string, places: readonly string[]): Promise<string | undefined> {
  for (const place of places) {
    if (await isFileBelow({ root: folder, file: place, links: 'inside' })) return place;
  }
  return undefined;
}

const READ_SCRIPTS = `
code=0
while [ $# -gt 0 ]; do "$1" -n "$2" || code=$?; shift 2; done
exit $code
`;

function shellCall(scripts: readonly ShellScript[]): Pick<SandboxCall, 'command'> {
  const words = scripts.flatMap(({ shell, file }) => [shell, file]);
  return { command: ['/bin/sh', '-c', READ_SCRIPTS, 'sh', ...words] };
}

async function runProgram(
  host: Host,
  folder: string,
  call: Pick<SandboxCall, 'command' | 'capabilities'>,
  about: Asked,
): Promise<ProgramOutput> {
  const { stdout, stderr, exitCode } = await runSandboxed(host, {
    ...call,
    root: folder,
    scratch: ['/run'],
    timeoutMs: about.timeoutMs,
    okExitCodes: EVERY_EXIT_CODE,
  }).catch((error: unknown) => {
    throw error instanceof VipisoError ? unusableBy(about, error) : error;
  });
  if (stderr.startsWith('bwrap: '))
    throw unusable(about, 'tool-failed', `could not be run: ${stderr.trim()}`);
  if (exitCode > KILLED && exitCode < HIGHEST)
    throw unusable(about, 'tool-failed', `was killed by signal ${exitCode - KILLED}`);
  return { text: `${stdout}\n${stderr}`, exitCode };
}

interface Asked {
  readonly program: string;
  readonly hostname: string;
  readonly timeoutMs: number;
}

function unusableBy(about: Asked, error: VipisoError): VipisoError {
  if (error.code === 'timeout')
    return unusable(about, 'timeout', `did not end within ${about.timeoutMs / 1000} s`);
  return error.code === 'tool-failed'
    ? unusable(about, 'tool-failed', `could not be run: ${error.message}`)
    : error;
}

/** What the program wrote is not shown: it may quote a secret. */
function unusable({ program, hostname }: Asked, code: ErrorCode, what: string): VipisoError {
  const message = `${program}, as the image of ${hostname} has it, ${what} while it checked its files`;
  return new VipisoError(code, message, {
    hint: 'If it is a fault of this machine, --no-daemons leaves these checks out.',
  });
}
