import { describe, expect, test } from 'vitest';
import { BootRecord } from '../../../../scripts/boot/console/boot-record.ts';
import { complaintsAbout } from '../../../../scripts/boot/console/verdict.ts';

function recordOf(...lines: readonly string[]): BootRecord {
  const record = new BootRecord();
  lines.forEach((line, i) => record.read(line, i));
  return record;
}

describe('BootRecord', () => {
  test('follows a boot through its stages', () => {
    const { stages, problems } = recordOf(
      'ISOLINUX 6.04 6.04-pre1 ETCD Copyright (C) 1994-2015 H. Peter Anvin et al',
      '[    0.000000] Linux version 6.6.16-0-virt (buildozer@build-3-19-x86_64)',
      'Alpine Init 3.9.0-r0',
      ' * Loading boot drivers: ok.',
      ' * Mounting boot media: ok.',
      ' * Installing packages to root filesystem: ok.',
      '   OpenRC 0.52.1 is starting up Linux 6.6.16-0-virt (x86_64)',
      'Welcome to Alpine Linux 3.19',
      'lb-1 login:',
    );
    expect(Object.fromEntries(stages)).toEqual({
      loader: 0,
      kernel: 1,
      initramfs: 2,
      packages: 5,
      openrc: 6,
      login: 8,
    });
    expect(problems).toEqual([]);
  });

  test('knows services whose result is on the same line, or on the next as on a colour terminal', () => {
    const { services } = recordOf(
      ' * Starting haproxy ...                                                  [ ok ]',
      ' * Starting keepalived ...',
      '[    7.1] random: crng init done',
      '[ ok ]',
      ' * Starting chronyd ...',
    );
    expect([...services].map(([name, { state }]) => [name, state])).toEqual([
      ['haproxy', 'started'],
      ['keepalived', 'started'],
      ['chronyd', 'starting'],
    ]);
  });

  test('a failed step is a problem with the words of the step', () => {
    const { services, problems } = recordOf(
      ' * Starting haproxy ...',
      '[ !! ]',
      ' * ERROR: haproxy failed to start',
    );
    expect(services.get('haproxy')?.state).toBe('failed');
    expect(problems).toEqual([
      { code: 'service-step-failed', line: 'Starting haproxy', atMs: 1 },
      { code: 'service-failed', line: ' * ERROR: haproxy failed to start', atMs: 2 },
    ]);
  });

  test('a service whose own check takes back its start has failed, with its last words', () => {
    const record = recordOf(
      ' * Starting haproxy ... [ ok ]',
      ' * Starting keepalived ... [ ok ]',
      ' * keepalived ended right after its start. Its last words:',
      ' *   (Line 9) WARNING - interface eth9 for vrrp_instance VI_1 does not exist',
      ' * ERROR: keepalived failed to start',
      ' * Starting local ... [ ok ]',
    );
    expect(record.services.get('haproxy')?.state).toBe('started');
    expect(record.services.get('keepalived')).toMatchObject({ state: 'failed' });
    expect(complaintsAbout(record, ['haproxy', 'keepalived'])).toEqual([
      'service-failed: * ERROR: keepalived failed to start',
      'the service keepalived was not started: keepalived ended right after its start. Its last words: / ' +
        '(Line 9) WARNING - interface eth9 for vrrp_instance VI_1 does not exist',
    ]);
  });

  test('what a daemon says before its start fails are its last words', () => {
    const record = recordOf(
      ' * Starting haproxy ...',
      '[ALERT] (1) : config : cannot open the file',
      '[ !! ]',
      ' * ERROR: haproxy failed to start',
    );
    expect(record.services.get('haproxy')?.lastWords).toEqual([
      '[ALERT] (1) : config : cannot open the file',
    ]);
  });

  test('words of one service are not those of another', () => {
    const { services } = recordOf(
      ' * Starting haproxy ... [ ok ]',
      '[NOTICE] (1) : New worker (2) forked',
      ' * ERROR: chronyd failed to start',
    );
    expect(services.get('haproxy')?.state).toBe('started');
    expect(services.get('chronyd')).toEqual({ state: 'failed', sinceMs: 2, atMs: 2 });
  });

  test('the start of a service began when the line before it was over', () => {
    const { services } = recordOf(
      ' * Loading hardware drivers ... [ ok ]',
      ' * Starting networking ... [ ok ]',
      ' * Starting keepalived ...',
      '[ ok ]',
    );
    expect(services.get('networking')).toEqual({ state: 'started', sinceMs: 0, atMs: 1 });
    expect(services.get('keepalived')).toEqual({ state: 'started', sinceMs: 1, atMs: 3 });
  });

  test.each([
    ['packages-incomplete', 'WARNING: apkovl packages install completed with errors...'],
    ['packages-incomplete', 'ERROR: unable to select packages:'],
    ['packages-incomplete', 'ERROR: haproxy-2.8.10-r0: package mentioned in index not found'],
    ['packages-incomplete', 'ERROR: keepalived-2.2.8-r1: UNTRUSTED signature'],
    ['packages-incomplete', '2 errors; 13 MiB in 38 packages'],
    ['packages-incomplete', 'WARNING: Ignoring /media/cdrom/apks: UNTRUSTED signature'],
    ['init-missing', '/sbin/init not found in new root'],
    ['recovery-shell', 'Launching initramfs emergency recovery shell.'],
    ['initramfs-step-failed', ' * Mounting boot media: failed. '],
    ['initramfs-step-failed', ' * Mounting boot media: Mounting boot media failed. '],
    ['kernel-panic', '[    3.141592] Kernel panic - not syncing: VFS: Unable to mount root fs'],
    ['out-of-memory', '[   12.3] Out of memory: Killed process 231 (haproxy) total-vm:1kB'],
    ['service-failed', ' * ERROR: cannot start keepalived as networking would not start'],
    ['loader-failed', 'No bootable device.'],
    ['loader-failed', 'Could not find kernel image: linux'],
    ['loader-failed', "error: file `/boot/vmlinuz-virt' not found."],
  ] as const)('%s: %s', (code, line) => {
    expect(recordOf(line).problems).toEqual([{ code, line, atMs: 0 }]);
  });

  test.each([
    ' * Caching service dependencies ... [ ok ]',
    ' * WARNING: clock skew detected!',
    '[    1.2] ACPI Error: AE_NOT_FOUND',
    ' * Loading user settings from /media/cdrom/lb-1.apkovl.tar.gz: ok.',
    'OK: 13 MiB in 38 packages',
  ])('is not alarmed by: %s', (line) => {
    expect(recordOf(line).problems).toEqual([]);
  });
});
