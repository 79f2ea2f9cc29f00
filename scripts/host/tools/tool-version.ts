import type { Host } from '../host.ts';
import { runTool } from '../process/run.ts';
import { packagesOf } from './tool-packages.ts';

/**
 * The first line that a tool prints about its version: goes into manifests and keys of cached results.
 * Tools differ in where they print it and in the exit code (mksquashfs says 1).
 */
export async function toolVersion(host: Host, tool: string): Promise<string> {
  const { stdout, stderr } = await runTool(host, {
    tool,
    args: packagesOf(tool)?.versionArgs ?? ['--version'],
    timeoutMs: 10_000,
    okExitCodes: [0, 1],
  });
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
  return lines.find((line) => /\d/.test(line)) ?? 'unknown';
}
