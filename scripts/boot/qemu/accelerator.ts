import type { Host } from '../../host/host.ts';
import { tryBootSector, tryKernel } from './kvm-probe.ts';
import type { KvmVerdict } from './kvm-probe.ts';

/** How a guest's instructions are run: by the processor itself, or translated by QEMU. */
export interface Accelerator {
  readonly kind: 'kvm' | 'tcg';
  /** Why it is this one, for people. */
  readonly reason: string;
}

const hints = new WeakMap<Host, Promise<Accelerator>>();
const choices = new WeakMap<Host, Promise<Accelerator>>();

/**
 * Chooses once per run. KVM is taken only after the kernel that is going to be booted has run on it: some KVMs start a
 * BIOS and hang with Linux. `VIPISO_ACCELERATOR=tcg` decides without a probe.
 *
 * @param kernel absolute path of that kernel
 * @throws VipisoError tool-missing, interrupted
 */
export function chooseAccelerator(host: Host, kernel: string): Promise<Accelerator> {
  return once(choices, host, async () => {
    const hint = await hintAtAccelerator(host);
    if (hint.kind === 'tcg') return hint;
    return acceleratorBy(await tryKernel(host, kernel), 'the kernel of the images ran on /dev/kvm');
  });
}

/**
 * What can be said without a kernel at hand, within three seconds. Where it says `kvm`, that is a hint and no more.
 *
 * @throws VipisoError tool-missing, interrupted
 */
export function hintAtAccelerator(host: Host): Promise<Accelerator> {
  return once(hints, host, async () => {
    if (host.env['VIPISO_ACCELERATOR'] === 'tcg')
      return { kind: 'tcg', reason: 'VIPISO_ACCELERATOR asks for it' };
    const ran = 'a boot sector ran on /dev/kvm; whether Linux does shows with an image';
    return acceleratorBy(await tryBootSector(host), ran);
  });
}

function acceleratorBy(verdict: KvmVerdict, ran: string): Accelerator {
  return verdict.works ? { kind: 'kvm', reason: ran } : { kind: 'tcg', reason: verdict.why };
}

function once(
  known: WeakMap<Host, Promise<Accelerator>>,
  host: Host,
  choose: () => Promise<Accelerator>,
): Promise<Accelerator> {
  const choice = known.get(host) ?? choose();
  known.set(host, choice);
  return choice;
}
