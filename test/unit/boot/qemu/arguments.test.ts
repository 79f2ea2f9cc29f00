import { describe, expect, test } from 'vitest';
import { qemuArguments } from '../../../../scripts/boot/qemu/arguments.ts';
import type { MachineSpec } from '../../../../scripts/boot/qemu/arguments.ts';

const SPEC: MachineSpec = {
  name: 'lb-1',
  accelerator: 'tcg',
  memoryMib: 512,
  firmware: { kind: 'bios' },
  medium: { kind: 'cd', image: '/out/lb-1.iso' },
  cards: [{ id: 'net1', mac: '52:54:00:76:69:01', switchPort: 20000, machinePort: 20001 }],
  consoleSocket: '/t/console.sock',
  consoleLog: '/t/console.log',
  qmpSocket: '/t/qmp.sock',
  debugShell: undefined,
};

/** All values that follow an option. */
function valuesOf(spec: MachineSpec, option: string): readonly string[] {
  const args = qemuArguments(spec);
  return args.flatMap((arg, i) => (arg === option ? [args[i + 1] ?? ''] : []));
}

describe('qemuArguments', () => {
  test('a CD is read-only in an IDE drive and is booted from', () => {
    expect(valuesOf(SPEC, '-drive')).toEqual([
      'if=ide,media=cdrom,format=raw,readonly=on,file=/out/lb-1.iso',
    ]);
    expect(valuesOf(SPEC, '-boot')).toEqual(['d']);
  });

  test('a disk is a virtio drive whose writes are thrown away', () => {
    const spec: MachineSpec = { ...SPEC, medium: { kind: 'disk', image: '/out/lb-1.iso' } };
    expect(valuesOf(spec, '-drive')).toEqual([
      'if=virtio,format=raw,snapshot=on,file=/out/lb-1.iso',
    ]);
  });

  test('UEFI code is read-only and its variables are thrown away', () => {
    const firmware = { kind: 'uefi', code: '/f/CODE.fd', variables: '/f/VARS.fd' } as const;
    expect(valuesOf({ ...SPEC, firmware }, '-drive').slice(0, 2)).toEqual([
      'if=pflash,unit=0,format=raw,readonly=on,file=/f/CODE.fd',
      'if=pflash,unit=1,format=raw,snapshot=on,file=/f/VARS.fd',
    ]);
  });

  test('translation gets its small buffer, the processor nothing', () => {
    expect(valuesOf(SPEC, '-accel')).toEqual(['tcg,tb-size=64']);
    expect(valuesOf({ ...SPEC, accelerator: 'kvm' }, '-accel')).toEqual(['kvm']);
  });

  test('each card has a UDP cable of its own', () => {
    const second = { id: 'net2', mac: '52:54:00:76:69:02', switchPort: 20002, machinePort: 20003 };
    const spec = { ...SPEC, cards: [...SPEC.cards, second] };
    expect(valuesOf(spec, '-netdev')).toEqual([
      'socket,id=net1,udp=127.0.0.1:20000,localaddr=127.0.0.1:20001',
      'socket,id=net2,udp=127.0.0.1:20002,localaddr=127.0.0.1:20003',
    ]);
    expect(valuesOf(spec, '-device')).toContain(
      'virtio-net-pci,netdev=net2,mac=52:54:00:76:69:02,romfile=',
    );
  });

  test('the debug shell is the second serial port', () => {
    expect(valuesOf(SPEC, '-serial')).toEqual(['chardev:console']);
    expect(
      valuesOf(
        { ...SPEC, debugShell: { socket: '/t/debug-shell.sock', log: '/t/debug-shell.log' } },
        '-serial',
      ),
    ).toEqual(['chardev:console', 'chardev:debug']);
  });

  test('nothing opens a window or takes default devices, and the machine waits for its listeners', () => {
    expect(qemuArguments(SPEC)).toEqual(expect.arrayContaining(['-nodefaults', '-S', 'none']));
  });

  test('commas in paths are doubled', () => {
    const spec: MachineSpec = { ...SPEC, medium: { kind: 'cd', image: '/a,b/c.iso' } };
    expect(valuesOf(spec, '-drive')[0]).toContain('file=/a,,b/c.iso');
  });
});
