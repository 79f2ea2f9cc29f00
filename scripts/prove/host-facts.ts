import os from 'node:os';
import type { Accelerator } from '../boot/qemu/accelerator.ts';
import type { Host } from '../host/host.ts';
import { toolVersion } from '../host/tools/tool-version.ts';
import type { ProofDocument } from './certificate/document.ts';

const MIB = 1024 * 1024;

/** What the proof was run on: figures mean little without it. No name and no address of the machine. */
export async function hostFacts(
  host: Host,
  { kind, reason }: Accelerator,
): Promise<ProofDocument['host']> {
  const processors = os.cpus();
  return {
    arch: os.machine(),
    kernel: `${os.type()} ${os.release()}`,
    processors: processors.length,
    processorModel: processors[0]?.model.trim() ?? 'unknown',
    memoryMib: Math.round(os.totalmem() / MIB),
    qemu: await toolVersion(host, 'qemu-system-x86_64'),
    accelerator: `${kind}: ${reason}`,
    nodejs: process.version,
  };
}
