import { Command, InvalidArgumentError, Option } from 'commander';
import { absolutePath } from '../paths.ts';
import type { CliContext } from '../context.ts';
import { collected } from '../repository-options.ts';

interface BootOptions {
  readonly out: string;
  readonly node?: string;
  readonly memory?: number;
  readonly firmware: 'bios' | 'uefi';
  readonly as: 'cd' | 'disk';
  readonly forward: string[];
}

/** Less does not hold kernel, initramfs and packages at the same time. */
const LEAST_MEMORY_MIB = 128;

export function bootCommand(context: CliContext): Command {
  return new Command('boot')
    .description('boot the images on an emulated LAN, with a console on this terminal')
    .argument('[file]', 'cluster file', 'cluster.yaml')
    .option('--out <dir>', 'folder of the images, and of the logs of the consoles', 'out')
    .option('--node <name>', 'boot this node alone')
    .option('--memory <mib>', 'memory of each machine (default: 512)', readMemory)
    .addOption(
      new Option('--firmware <kind>', 'firmware').choices(['bios', 'uefi']).default('bios'),
    )
    .addOption(
      new Option('--as <medium>', 'what the image is').choices(['cd', 'disk']).default('cd'),
    )
    .addOption(
      collected(
        '--forward <rule>',
        'HOSTPORT:PORT of the VIP, or HOSTPORT:NODE:PORT; may be repeated',
      ),
    )
    .action(async (file: string, options: BootOptions) => {
      const { host, print, terminal } = context.open({});
      const { bootInteractively } = await import('../../workflows/boot.ts');
      await bootInteractively(host, {
        clusterFile: file,
        out: absolutePath(host, options.out),
        node: options.node,
        as: options.as,
        firmware: options.firmware,
        memoryMib: options.memory,
        forwards: options.forward,
        terminal,
        print,
      });
    });
}

function readMemory(text: string): number {
  const mib = Number(text);
  if (Number.isInteger(mib) && mib >= LEAST_MEMORY_MIB) return mib;
  throw new InvalidArgumentError(`It is a number of MiB, ${LEAST_MEMORY_MIB} or more.`);
}
