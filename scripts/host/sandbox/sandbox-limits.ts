import type { ToolLimits } from './tool-limits.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

export type SandboxLimits = Omit<ToolLimits, 'writable'> & { readonly timeoutMs: number };

/** For tools that make whole images, on slow machines with many cores: far more than any of them needs. */
export const TOOL_LIMITS: SandboxLimits = {
  timeoutMs: 3_600_000,
  tasks: 4096,
  memory: 16 * GIB,
  disk: 32 * GIB,
};

/** For the install scripts of packages, which link, list and count. */
export const SCRIPT_LIMITS: SandboxLimits = {
  timeoutMs: 300_000,
  tasks: 512,
  memory: 2 * GIB,
  disk: 4 * GIB,
};

/** Bytes of the file systems in memory that a sandbox has for itself. */
export const TEMP_BYTES = 512 * MIB;
export const SHARED_MEMORY_BYTES = 64 * MIB;
