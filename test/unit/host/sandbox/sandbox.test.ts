import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { hintFrom, requireSandbox } from '../../../../scripts/host/sandbox/require-sandbox.ts';
import { sandboxArguments } from '../../../../scripts/host/sandbox/sandbox-command.ts';
import { temporaryFolder, testHost } from '../../../support/host/test-host.ts';

describe('the sandbox', () => {
  test('has no network, no environment and a read-only root unless asked', () => {
    const args = sandboxArguments({ root: '/r', command: ['mkinitfs', '-q'] });
    expect(args).toEqual(
      expect.arrayContaining(['--unshare-all', '--clearenv', '--die-with-parent']),
    );
    expect(args).not.toContain('--share-net');
    expect(args.join(' ')).toContain('--ro-bind /r / ');
    expect(args.slice(-3)).toEqual(['--', 'mkinitfs', '-q']);
  });

  test('gets its own /tmp in memory, or a folder of the host', () => {
    const call = { root: '/r', command: ['true'] } as const;
    expect(sandboxArguments(call).join(' ')).toContain('--tmpfs /tmp');
    expect(sandboxArguments({ ...call, temp: '/t' }).join(' ')).toContain('--bind /t /tmp');
  });
});

describe('a system without sandboxes', () => {
  test.each([
    ['/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1', 'AppArmor'],
    ['/proc/sys/kernel/unprivileged_userns_clone', '0', 'kernel.unprivileged_userns_clone=1'],
    ['/proc/sys/user/max_user_namespaces', '0', 'user.max_user_namespaces'],
  ])('is told about %s', (file, value, words) => {
    const settings = new Map([[file, value]]);
    expect(hintFrom((name) => settings.get(name))).toContain(words);
  });

  test.each([
    'bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)',
    'bwrap: setting up uid map: Permission denied',
  ])('is not taken for a full disk or a file without rights: %s', async (words) => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'bwrap'), `#!/bin/sh\necho '${words}' >&2\nexit 1\n`, {
      mode: 0o755,
    });
    const host = testHost({ env: { PATH: `${folder}:/usr/bin:/bin` } });
    await expect(requireSandbox(host)).rejects.toMatchObject({ code: 'sandbox' });
  });

  test('is told about containers when no setting forbids them', () => {
    expect(hintFrom(() => undefined)).toContain('container');
  });
});
