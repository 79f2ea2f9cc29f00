import type { Accelerator } from './accelerator.ts';
import type { Firmware } from './firmware.ts';

/** One network card: frames travel as UDP packets between two ports of 127.0.0.1. */
export interface NetworkCard {
  readonly id: string;
  readonly mac: string;
  readonly switchPort: number;
  readonly machinePort: number;
}

export type BootMedium =
  | { readonly kind: 'cd'; readonly image: string }
  | { readonly kind: 'disk'; readonly image: string }
  /** Straight into a kernel, without a boot loader. */
  | {
      readonly kind: 'kernel';
      readonly kernel: string;
      readonly initramfs: string;
      readonly commandLine: string;
    };

/** A machine to be, with absolute paths. Sockets and the console's log lie in a folder of its own. */
export interface MachineSpec {
  readonly name: string;
  readonly accelerator: Accelerator['kind'];
  readonly memoryMib: number;
  readonly firmware: Firmware;
  readonly medium: BootMedium;
  readonly cards: readonly NetworkCard[];
  readonly consoleSocket: string;
  readonly consoleLog: string;
  readonly qmpSocket: string;
  /** Of a second serial port, where there is one. */
  readonly debugShell: { readonly socket: string; readonly log: string } | undefined;
}

/** Bytes of translated code that TCG keeps. Its default (a quarter of RAM) tripled the boot time of an image. */
const TRANSLATION_BUFFER_MIB = 64;

/**
 * QEMU's arguments. The machine is made paused (`-S`): its console is listened to before it says a word. Media are
 * never written to. The machine is `pc`, whose IDE drive every kernel flavour reads, virtual ones too.
 */
export function qemuArguments(spec: MachineSpec): readonly string[] {
  return [
    ...['-name', spec.name, '-machine', 'pc', '-cpu', 'max', '-smp', '1'],
    ...['-accel', acceleratorOption(spec.accelerator), '-m', String(spec.memoryMib)],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-vga', 'std', '-S'],
    ...['-rtc', 'base=utc', '-device', 'virtio-rng-pci'],
    ...firmwareArguments(spec.firmware),
    ...mediumArguments(spec.medium),
    ...spec.cards.flatMap(cardArguments),
    ...['-chardev', consoleOption(spec), '-serial', 'chardev:console'],
    ...seatArguments(spec.debugShell),
    ...['-qmp', `unix:${quoted(spec.qmpSocket)},server=on,wait=off`],
  ];
}

function acceleratorOption(kind: Accelerator['kind']): string {
  return kind === 'kvm' ? 'kvm' : `tcg,tb-size=${TRANSLATION_BUFFER_MIB}`;
}

function firmwareArguments(firmware: Firmware): readonly string[] {
  if (firmware.kind === 'bios') return [];
  return [
    ...['-drive', `if=pflash,unit=0,format=raw,readonly=on,file=${quoted(firmware.code)}`],
    ...['-drive', `if=pflash,unit=1,format=raw,snapshot=on,file=${quoted(firmware.variables)}`],
  ];
}

function mediumArguments(medium: BootMedium): readonly string[] {
  switch (medium.kind) {
    case 'cd':
      return [
        ...['-drive', `if=ide,media=cdrom,format=raw,readonly=on,file=${quoted(medium.image)}`],
        ...['-boot', 'd'],
      ];
    case 'disk':
      return [
        ...['-drive', `if=virtio,format=raw,snapshot=on,file=${quoted(medium.image)}`],
        ...['-boot', 'c'],
      ];
    case 'kernel':
      return [
        ...['-kernel', medium.kernel, '-initrd', medium.initramfs],
        ...['-append', medium.commandLine],
      ];
  }
}

function cardArguments(card: NetworkCard): readonly string[] {
  const udp = `udp=127.0.0.1:${card.switchPort},localaddr=127.0.0.1:${card.machinePort}`;
  return [
    ...['-netdev', `socket,id=${card.id},${udp}`],
    ...['-device', `virtio-net-pci,netdev=${card.id},mac=${card.mac},romfile=`],
  ];
}

function consoleOption(spec: MachineSpec): string {
  const socket = `path=${quoted(spec.consoleSocket)},server=on,wait=off`;
  // A node that is switched on again goes on in the same log.
  return `socket,id=console,${socket},logfile=${quoted(spec.consoleLog)},logappend=on`;
}

function seatArguments(debugShell: MachineSpec['debugShell']): readonly string[] {
  if (debugShell === undefined) return [];
  const socket = `path=${quoted(debugShell.socket)},server=on,wait=off,logfile=${quoted(debugShell.log)}`;
  return ['-chardev', `socket,id=debug,${socket}`, '-serial', 'chardev:debug'];
}

/** QEMU's option lists end a value at a comma; a doubled one is part of it. */
function quoted(value: string): string {
  return value.replaceAll(',', ',,');
}
