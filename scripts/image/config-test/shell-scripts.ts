import { modeBelow } from '../../host/below/files-below.ts';
import type { FileTree, TreeEntry } from '../../overlay/tree.ts';
import type { Complaint } from './complaints/complaint.ts';

/** A shell script of an overlay and the shell that reads it; paths are absolute ones in the image. */
export interface ShellScript {
  readonly file: string;
  readonly shell: string;
}

type FileEntry = Extract<TreeEntry, { type: 'file' }>;

/** What the boot or a daemon runs: a script there that cannot run is a mistake, elsewhere it may be a stranger's. */
const RUN_AT_BOOT = /^etc\/(init\.d|local\.d|keepalived|periodic|network\/if-)/;
/** Read by the shell, without a first line that says so. */
const SOURCED = /^etc\/(conf\.d\/[^/]+|profile\.d\/[^/]+\.sh|profile)$/;
const SHELLS = new Set(['sh', 'ash', 'bash', 'dash', 'openrc-run', 'runscript']);
const SH = '/bin/sh';

/** Finds the shell scripts of an overlay, and those whose interpreter the image lacks. @param root of the node */
export async function findScripts(
  root: string,
  tree: FileTree,
): Promise<{
  readonly scripts: readonly ShellScript[];
  readonly complaints: readonly Complaint[];
}> {
  const scripts: ShellScript[] = [];
  const complaints = notExecutable(tree);
  for (const entry of tree) {
    if (entry.type !== 'file') continue;
    const file = `/${entry.path}`;
    const interpreter = interpreterOf(entry);
    if (interpreter === undefined) {
      if (SOURCED.test(entry.path)) scripts.push({ file, shell: SH });
      continue;
    }
    const there = await isProgram(root, interpreter);
    if (!there) complaints.push(missing(entry, interpreter));
    const name = interpreter.split('/').at(-1) ?? '';
    if (there && SHELLS.has(name)) {
      // openrc-run is not a shell: it has /bin/sh read the script.
      scripts.push({
        file,
        shell: name.endsWith('run') || name === 'runscript' ? SH : interpreter,
      });
    }
  }
  return { scripts, complaints };
}

const KEEPALIVED_CONFIG = 'etc/keepalived/keepalived.conf';

/** Scripts that keepalived runs and could not: its own test does not look at the files' modes. */
function notExecutable(tree: FileTree): Complaint[] {
  const config = tree.find(({ path }) => path === KEEPALIVED_CONFIG);
  if (config?.type !== 'file') return [];
  const named = config.content
    .toString('utf8')
    .matchAll(/^\s*(?:script|notify\w*)\s+"?(\/[^\s"]+)/gm);
  const scripts = new Set([...named].map(([, file = '']) => file.slice(1)));
  return tree.flatMap((entry): Complaint[] => {
    if (entry.type !== 'file' || !scripts.has(entry.path) || (entry.mode & 0o111) !== 0) return [];
    const text = 'keepalived is to run it, and it is not executable: chmod +x';
    return [{ severity: 'error', file: entry.path, line: 1, text }];
  });
}

/** The program that the first line names, for `#!/usr/bin/env NAME` only env itself. */
function interpreterOf({ content, mode, path }: FileEntry): string | undefined {
  if ((mode & 0o111) === 0 && !RUN_AT_BOOT.test(path)) return undefined;
  const [first = ''] = content.subarray(0, 256).toString('utf8').split('\n');
  return /^#![ \t]*(\/[^ \t]*)/.exec(first)?.[1];
}

async function isProgram(root: string, program: string): Promise<boolean> {
  const file = program.replace(/^\/+/, '');
  const mode = await modeBelow({ root, file, links: 'inside' });
  return mode !== undefined && (mode & 0o111) !== 0;
}

function missing({ path }: FileEntry, interpreter: string): Complaint {
  const text = interpreter.endsWith('\r')
    ? 'its lines end in CR LF, which no program reads: save it with Unix line endings'
    : `its interpreter ${interpreter} is not in the image`;
  return { severity: RUN_AT_BOOT.test(path) ? 'error' : 'warning', file: path, line: 1, text };
}
