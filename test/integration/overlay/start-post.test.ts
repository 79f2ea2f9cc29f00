import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { requireTools } from '../../support/host/require-tools.ts';

const CONF_D = path.resolve(import.meta.dirname, '../../../overlays/common/etc/conf.d');

/** OpenRC's words, as far as these files use them; what was said goes to standard output. */
const OPENRC = `
service_get_value() { cat "$FOLDER/$1" 2>/dev/null; }
eerror() { echo "eerror: $*"; }
grep() { :; }
`;

describe.runIf(requireTools('busybox'))('what a service does after its start', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'vipiso-test-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function startPost(file: string, settings: string): { status: number | null; stdout: string } {
    const script = `${OPENRC}\n. ${path.join(CONF_D, file)}\n${settings}\nstart_post`;
    const supervisor = '#!/bin/sh\necho "$*" >>"$FOLDER/asked"\n';
    writeFileSync(path.join(folder, 'supervise-daemon'), supervisor, { mode: 0o755 });
    const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, FOLDER: folder };
    return spawnSync('busybox', ['sh', '-c', script], { env, encoding: 'utf8' });
  }

  function keepalived(words: string): ReturnType<typeof startPost> {
    const daemon = path.join(folder, 'daemon');
    writeFileSync(daemon, `#!/bin/sh\necho "${words}" >&2\nexit 2\n`, { mode: 0o755 });
    const settings = `RC_SVCNAME=keepalived pidfile=/run/keepalived.pid cfgfile=x command=${daemon}`;
    return startPost('keepalived.hbs', settings);
  }

  test('a keepalived that goes on is a success', () => {
    writeFileSync(path.join(folder, 'child_pid'), `${process.pid}\n`);
    expect(keepalived('nothing')).toMatchObject({ status: 0, stdout: '' });
  });

  test('one that ended is a failure with its last words, and nothing tries on', async () => {
    const daemon = spawn('true');
    await new Promise((resolve) => daemon.once('exit', resolve));
    writeFileSync(path.join(folder, 'child_pid'), `${daemon.pid ?? 0}\n`);
    const { status, stdout } = keepalived('(Line 9) Unknown keyword');
    expect(status).toBe(1);
    expect(stdout).toContain('eerror: keepalived ended right after its start. Its last words:');
    expect(stdout).toContain('eerror:   (Line 9) Unknown keyword');
    const asked = spawnSync('cat', [path.join(folder, 'asked')], { encoding: 'utf8' }).stdout;
    expect(asked).toBe('keepalived --stop --pidfile /run/keepalived.pid\n');
  });

  test('one that is started again and again is a failure, though there is always a process', () => {
    writeFileSync(path.join(folder, 'child_pid'), `${process.pid}\n`);
    // Each look finds the next process of a supervisor.
    const settings = `
RC_SVCNAME=keepalived pidfile=x cfgfile=x command=false
service_get_value() { test -e "$FOLDER/again" && echo ${process.ppid} || echo ${process.pid}; : >"$FOLDER/again"; }`;
    expect(startPost('keepalived.hbs', settings).status).toBe(1);
  });

  test('a haproxy that ended is a failure', () => {
    const { status, stdout } = startPost('haproxy', 'RC_SVCNAME=vipiso-no-such-service');
    expect(status).toBe(1);
    expect(stdout).toContain('ended right after its start');
  });
});
