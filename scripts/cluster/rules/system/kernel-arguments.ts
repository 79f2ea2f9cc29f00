import { lintError, lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { Rule } from '../rule.ts';

/** What Alpine's init (mkinitfs, initramfs-init) and the kernel make of an argument that is ours to give. */
const OURS: Readonly<Record<string, string>> = {
  apkovl: 'the node would start with another overlay than its own',
  alpine_repo: 'the node would take its packages from elsewhere than its own medium',
  alpine_dev: 'the init would wait for a device of that name',
  modloop: 'the node would look for its kernel modules in another place',
  modules:
    'it replaces the modules that the init needs to find the medium (loop, squashfs, sd-mod, usb-storage)',
  init: 'OpenRC would not start, and with it nothing of the node',
  init_args: 'OpenRC would be started in another way',
  rdinit: "the kernel would run another program instead of Alpine's init",
  root: "the init would mount that disk instead of the node's own system in memory",
  rootfstype: "it belongs to root=, and the node's system lies in memory",
  rootflags: "it belongs to root=, and the node's system lies in memory",
  overlaytmpfs: "it belongs to root=, and the node's system lies in memory",
  ovl_dev: 'the node would take its overlay from another device',
  pkgs: 'the medium has no packages but those of the lock: name them in alpine.packages',
  chart: 'the init would start a program that no image has',
  ip: 'the init would set the network up before OpenRC does it again',
  BOOTIF: 'it is for a start from the network',
  nbd: 'it is for a start from the network',
  single: 'the node would stop before it starts anything',
  initrd: 'the boot loader gives the initramfs',
  BOOT_IMAGE: 'the boot loader gives it',
};

/** Kernel arguments that take the place of ours, on which the start of the node rests. */
export const kernelArguments: Rule = ({ cluster }) =>
  cluster.image.kernelArguments.flatMap((argument, index): readonly LintFinding[] => {
    const path = ['image', 'kernel_arguments', index];
    const [name = ''] = argument.split('=', 1);
    if (Object.hasOwn(OURS, name)) {
      const message = `${name} is set by this tool: ${OURS[name] ?? ''}`;
      return [lintError('kernel-argument', path, message, 'Leave it out.')];
    }
    if (/^(S|s|[0-6])$/.test(argument)) {
      return [
        lintError(
          'kernel-argument',
          path,
          `${argument} names another runlevel to start`,
          'Leave it out.',
        ),
      ];
    }
    if (argument === 'modloop_verify=no') {
      const message = 'the node would take kernel modules whose signature nobody checked';
      return [lintError('kernel-argument', path, message, 'Leave it out.')];
    }
    if (name === 'console' && cluster.image.serialConsole !== undefined) {
      const message = `of several consoles the last is /dev/console, where the messages of the start go: ${argument} would take them from ${cluster.image.serialConsole.device}`;
      return [lintWarning('kernel-argument', path, message, 'Use image.serial_console.')];
    }
    return [];
  });
