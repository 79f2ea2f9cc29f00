import type { Host } from '../host.ts';
import { runTool } from '../process/run.ts';
import { findTool } from '../tools/find-tool.ts';

/** What bwrap of some versions can do. */
export interface BwrapFeatures {
  /** Since 0.8: forbids further user namespaces, and with them most of what the kernel offers only to root. */
  readonly disableUserns: boolean;
  /** Since 0.7: limits a file system in memory. */
  readonly size: boolean;
}

const known = new Map<string, Promise<BwrapFeatures>>();

/** Asks the host's bwrap once. @throws VipisoError tool-missing, tool-failed */
export async function bwrapFeatures(host: Host): Promise<BwrapFeatures> {
  const program = findTool(host, 'bwrap') ?? '';
  const asked = known.get(program) ?? ask(host);
  known.set(program, asked);
  try {
    return await asked;
  } catch (error) {
    known.delete(program);
    throw error;
  }
}

async function ask(host: Host): Promise<BwrapFeatures> {
  const { stdout, stderr } = await runTool(host, {
    tool: 'bwrap',
    args: ['--help'],
    cwd: '/',
    timeoutMs: 20_000,
    okExitCodes: [0, 1],
  });
  const words = `${stdout}\n${stderr}`.split(/\s+/);
  return { disableUserns: words.includes('--disable-userns'), size: words.includes('--size') };
}
