import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { ACCOUNTS, runJobs } from '../../support/hostile/accounts.ts';
import type { Job, Outcome } from '../../support/hostile/jobs.ts';
import { changed, script, smallSet, writePackages } from '../../support/hostile/packages.ts';
import { labSource, suiteFolder } from '../../support/images/build-site.ts';
import { testProfile } from '../../support/images/image-inputs.ts';
import { suiteHost } from '../../support/images/lab-pair.ts';

const pair = testKeyPair('limits');
const CORE_PATTERN = '/proc/sys/kernel/core_pattern';

/** Whatever of root's a script could reach by root's id: each change succeeds on something of its own, or fails. */
const DEVICES_SCRIPT = `{ set -- /dev/* /dev/fd/* /proc/1/exe /proc/1/root /proc/1/fd/* /proc/sys/kernel/*
$b chmod 4701 "$@"; $b chown 1:1 "$@"; $b chgrp 1 "$@"; } > /dev/null 2>&1
for at in ${CORE_PATTERN} /proc/1/oom_score_adj; do echo x > $at; done 2> /dev/null
$b mknod /disk b 8 0 2> /dev/null && echo mknod > /probe
echo x > /dev/null && $b head -c 3 /dev/zero | $b wc -c >> /probe; $b head -c 3 /dev/urandom | $b wc -c >> /probe
exit 0`;

/** Files of the host that a sandbox is made of. */
const HOSTS = [
  ...['null', 'zero', 'full', 'random', 'urandom', 'tty'].map((name) => `/dev/${name}`),
  ...['/usr/bin/bwrap', '/bin/sh', CORE_PATTERN, '/dev', '/proc'],
];

function rightsOfHost(): readonly string[] {
  return HOSTS.filter((file) => existsSync(file)).map((file) => {
    const { mode, uid, gid } = statSync(file);
    return `${file} ${mode.toString(8)} ${uid}:${gid}`;
  });
}

/** What a script of BusyBox tries; it writes what it finds into /probe. */
const SCRIPTS = {
  account: `echo x > /mine; $b id -u > /probe`,
  settings: `: > /probe
for file in ${CORE_PATTERN} /proc/sys/kernel/hostname /proc/sysrq-trigger /proc/self/oom_score_adj; do
	{ $b cat $file | $b head -n 1 > /tmp/x; $b cat /tmp/x > $file; } 2>/dev/null && echo $file >> /probe
done
$b touch /dev/x 2>/dev/null && echo /dev >> /probe; exit 0`,
  rights: `{ $b grep -E '^Cap(Prm|Eff|Bnd|Amb)' /proc/self/status | $b tr -d '0\\n\\t'
$b mount -t tmpfs none /mnt 2>/dev/null && echo mount
$b mknod /zero c 1 5 2>/dev/null && echo mknod
$b chroot / true 2>/dev/null && echo chroot
$b unshare -U true 2>/dev/null && echo namespace; } > /probe`,
  streams: `for fd in /proc/self/fd/*; do $b readlink $fd; done > /probe 2>/dev/null < /dev/null`,
  left: `( while :; do echo x >> /probe; done ) > /dev/null 2>&1 < /dev/null &
while [ ! -s /probe ]; do :; done; exit 0`,
  time: 'exec $b sleep 1000',
  processes: `i=0; while [ $i -lt 200 ]; do $b sleep 100 & i=$((i+1)); done; wait`,
  memory: `x=$($b head -c 50000000 /dev/zero | $b tr '\\0' x)
for i in 1 2 3 4 5 6; do ( y=$x; $b sleep 100; echo "$y" > /dev/null ) & done; wait`,
  files: `i=0; while [ $i -lt 40 ]; do $b head -c 10000000 /dev/urandom > /f$i || exit 1; i=$((i+1)); done; $b sleep 100`,
  file: `exec $b dd if=/dev/zero of=/large bs=1048576 count=100`,
  devices: DEVICES_SCRIPT,
  'devices (native)': DEVICES_SCRIPT,
  'devices (mkimage)': DEVICES_SCRIPT,
  privileges: '$b cp /bin/busybox /su; $b chmod 6755 /su; $b mkdir -m 2755 /group',
} as const;

type Name = keyof typeof SCRIPTS;

const WHAT: Readonly<Record<string, Job['what']>> = {
  privileges: 'mkimage',
  'devices (native)': 'native',
  'devices (mkimage)': 'mkimage',
};

describe.runIf(requireTools('bwrap', 'apt-get')).each(ACCOUNTS)(
  'a package’s script, as $account',
  ({ account, possible }) => {
    const folder = suiteFolder();
    let outcomes: ReadonlyMap<Name, Outcome>;
    const before = rightsOfHost();
    const of = (name: Name): Outcome => outcomes.get(name) as Outcome;

    beforeAll(async () => {
      if (!possible) return;
      const lab = path.join((await labSource(suiteHost())).repository, 'x86_64');
      mkdirSync(path.join(folder, 'packages'));
      const jobs = Object.entries(SCRIPTS).map(([name, lines]): Job => {
        const set = changed(
          smallSet(lab).filter((it) => it.name === 'busybox' || WHAT[name] === 'native'),
          { name: 'busybox', scripts: { 'post-install': script(lines) } },
        );
        return {
          what: WHAT[name] ?? 'scripts',
          folder: path.join(folder, name),
          packages: writePackages(path.join(folder, 'packages'), set, pair.signing),
        };
      });
      const siteKey = { signing: pair.signing, publicKeyPem: pair.publicKey.pem };
      const results = await runJobs(account, folder, { profile: testProfile(), siteKey, jobs });
      const names = Object.keys(SCRIPTS) as Name[];
      outcomes = new Map(names.map((name, index) => [name, results[index] as Outcome]));
    }, 600_000);

    test.runIf(possible)('writes to no setting of the host and to no device folder', () => {
      expect(of('settings')).toMatchObject({ code: 'done', probe: '' });
    });

    test.runIf(possible)('changes the rights of no device, program or setting of the host', () => {
      for (const name of ['devices', 'devices (native)', 'devices (mkimage)'] as const) {
        expect(of(name)).toMatchObject({ code: 'done' });
      }
      expect(of('devices').probe).toBe('3\n3\n');
      expect(rightsOfHost()).toEqual(before);
    });

    test.runIf(possible)('is not root outside of its namespace, whoever it is inside', () => {
      expect(of('account')).toMatchObject({ code: 'done', probe: '0\n' });
      const { uid, gid } = statSync(path.join(folder, 'account', 'root-0', 'mine'));
      expect({ uid, gid }).not.toMatchObject({ uid: 0 });
      expect(uid).toBe(gid);
      const owners = readdirSync(path.join(folder, 'account', 'root-0')).map(
        (name) => statSync(path.join(folder, 'account', 'root-0', name)).uid,
      );
      expect(new Set(owners)).toEqual(new Set([uid]));
    });

    test.runIf(possible)('has no capability, and no way to one', () => {
      expect(of('rights').code).toBe('done');
      expect(of('rights').probe).toMatch(/^(Cap(Prm|Eff|Bnd|Amb):)+$/);
    });

    test.runIf(possible)('has its three streams and no other descriptor', () => {
      const open = of('streams').probe.trim().split('\n');
      // Pipes of ours stand instead of what whoever started the tests left open.
      expect(open.filter((it) => !/^(socket|pipe):|^\/probe$|^\/dev\/null$/.test(it))).toEqual([]);
    });

    test.runIf(possible)('leaves nothing running behind', async () => {
      expect(of('left').code).toBe('done');
      const probe = (): number => statSync(path.join(folder, 'left', 'root-0', 'probe')).size;
      const before = probe();
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(probe()).toBe(before);
      expect(of('left').probe.length).toBe(before);
    });

    test.runIf(possible)('is stopped at its deadline, and named', () => {
      expect(of('time')).toMatchObject({
        code: 'timeout',
        message:
          'the post-install script of busybox-1.36.1-r0 did not finish within 8 s and was stopped',
      });
    });

    test.runIf(possible).each([
      ['processes', 'it had more than 40 processes and threads'],
      ['memory', 'it held more than 268.4 MB of memory'],
      ['files', 'it filled more than 67.1 MB of disk'],
    ] as const)('is stopped when it takes too much: %s', (name, excess) => {
      expect(of(name)).toMatchObject({
        code: 'tool-failed',
        message: `the post-install script of busybox-1.36.1-r0 was stopped: ${excess}`,
      });
      expect(of(name).milliseconds).toBeLessThan(8000);
    });

    test.runIf(possible)('writes no file beyond its limit', () => {
      const { size } = statSync(path.join(folder, 'file', 'root-0', 'large'));
      expect(size).toBe(64 * 1024 ** 2);
    });

    test.runIf(possible)('leaves no set-user-id bit in the cache', () => {
      expect(of('privileges').code).toBe('done');
      const builders = path.join(folder, 'privileges', 'cache', 'builders');
      const root = path.join(builders, readdirSync(builders)[0] ?? '', 'content/root');
      expect(statSync(path.join(root, 'su')).mode & 0o7777).toBe(0o755);
      expect(statSync(path.join(root, 'group')).mode & 0o7777).toBe(0o755);
    });
  },
);
