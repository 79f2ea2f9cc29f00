import { readFile } from 'node:fs/promises';
import { VipisoError } from '../../core/errors.ts';
import { sizeBelow } from '../../host/below/files-below.ts';
import type { Host } from '../../host/host.ts';
import { runSandboxed } from '../../host/sandbox/sandbox.ts';
import type { SandboxBind, SandboxCall } from '../../host/sandbox/sandbox-call.ts';
import { INSIDE } from './builder/builder-root.ts';
import { mkimageArguments, mkimageEnvironment } from './command.ts';
import type { MkimageInputs } from './inputs.ts';
import type { MkimageNode } from './profile-plugin.ts';
import { keyFile } from './run-folder.ts';
import type { RunFolder } from './run-folder.ts';
import { SectionSteps } from './section-steps.ts';

/** Not root: as root, update-kernel would install packages into the builder root. Any other id will do. */
const BUILDER_UID = 1000;

const WRITABLE: ReadonlySet<string> = new Set(['work', 'out']);
const LOG_TAIL_LINES = 20;

/**
 * Runs mkimage for all nodes, in a sandbox that sees the builder root, the parts of the run, and no network.
 *
 * @throws VipisoError as `runTool`; image-wrong where mkimage ended well without an image: its exit code 0 proves
 *   nothing
 */
export async function runMkimage(
  host: Host,
  inputs: MkimageInputs,
  about: {
    readonly root: SandboxCall['root'];
    readonly run: RunFolder;
    readonly nodes: readonly MkimageNode[];
    readonly log: string;
  },
): Promise<void> {
  const steps = new SectionSteps(host.report);
  try {
    await runSandboxed(host, mkimageCall(inputs, { ...about, onLine: (text) => steps.line(text) }));
    steps.end('done');
  } catch (error) {
    throw asMkimage(error);
  } finally {
    steps.end('failed');
  }
  for (const { output, profile } of about.nodes) {
    const image = { root: about.run.out, file: output, links: 'refuse' } as const;
    if (((await sizeBelow(image)) ?? 0) > 0) continue;
    throw new VipisoError('image-wrong', `mkimage ended without an error, but made no ${output}`, {
      details: [`profile ${profile}`, ...(await tailOf(about.log)), `log: ${about.log}`],
      hint: 'Do the scripts of alpine.aports fit alpine.branch? Look into the log.',
    });
  }
}

/** The run's folder is gone afterwards, so that the call of the sandbox says nothing; an ejected folder stays. */
function asMkimage(error: unknown): unknown {
  if (!(error instanceof VipisoError)) return error;
  return new VipisoError(error.code, error.message.replace(/^bwrap /, 'mkimage '), {
    details: error.details.filter((line) => !line.startsWith('to replay: ')),
    hint: error.hint ?? 'To debug it by hand: vipiso eject -o <dir>',
    cause: error.cause,
  });
}

/** The whole call: what mkimage sees, and what it may write. */
export function mkimageCall(
  inputs: MkimageInputs,
  about: {
    readonly root: SandboxCall['root'];
    readonly run: RunFolder;
    readonly nodes: readonly MkimageNode[];
    readonly log: string;
    readonly onLine: (line: string) => void;
  },
): SandboxCall {
  const { root, run, nodes, log, onLine } = about;
  const { temp, ...parts } = run;
  const binds = Object.entries<string>(parts).map(([part, from]): SandboxBind => {
    return {
      from,
      to: INSIDE[part as keyof typeof INSIDE],
      write: WRITABLE.has(part),
    };
  });
  return {
    root,
    temp,
    binds,
    uid: BUILDER_UID,
    cwd: INSIDE.profile,
    command: [
      ...(['/bin/sh', '-c', 'umask 022; exec "$@"', 'sh'] as const),
      ...[
        '/bin/sh',
        `${INSIDE.aports}/scripts/mkimage.sh`,
        ...mkimageArguments(inputs, nodes, INSIDE),
      ],
    ],
    env: {
      ...mkimageEnvironment(inputs),
      HOME: INSIDE.home,
      PATH: `${INSIDE.bin}:/usr/sbin:/usr/bin:/sbin:/bin`,
      PACKAGER_PRIVKEY: `${INSIDE.home}/.abuild/${keyFile(inputs.siteKey)}`,
      // The kernel refuses owners that this user namespace does not map; fakeroot remembers them all the same.
      FAKEROOTDONTTRYCHOWN: '1',
    },
    log,
    onLine,
  };
}

async function tailOf(log: string): Promise<readonly string[]> {
  const lines = (await readFile(log, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-LOG_TAIL_LINES).map((line) => `  ${line}`);
}
