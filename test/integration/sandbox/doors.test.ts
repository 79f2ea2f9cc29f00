import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { ACCOUNTS, runJobs } from '../../support/hostile/accounts.ts';
import type { Job, Outcome } from '../../support/hostile/jobs.ts';
import {
  BUSYBOX,
  MKINITFS,
  RELEASE,
  changed,
  link,
  program,
  script,
  smallSet,
  writePackages,
} from '../../support/hostile/packages.ts';
import type { Ingredients } from '../../support/hostile/packages.ts';
import { labSource, suiteFolder } from '../../support/images/build-site.ts';
import { testProfile } from '../../support/images/image-inputs.ts';
import { suiteHost } from '../../support/images/lab-pair.ts';

const TOOLS = ['bwrap', 'mksquashfs', 'mformat', 'mcopy', 'apt-get'];
const pair = testKeyPair('hostile');

interface Door {
  readonly what: Job['what'];
  /** What the packages do; `victim` is a file of the user's, `home` the folder that it is in. */
  readonly packages?: (victim: string, home: string) => readonly Ingredients[];
  readonly mkimage?: (victim: string, home: string) => string;
  /** `done`, or the code of the error that refuses it. */
  readonly ends: string;
  readonly says?: RegExp;
}

const busybox = (files: Ingredients['files'], preInstall = ''): Ingredients => ({
  name: 'busybox',
  ...(files && { files }),
  ...(preInstall !== '' && { scripts: { 'pre-install': script(preInstall) } }),
});

/** Each as it stood open: what is planted, and what the tool did with it. */
const DOORS: Readonly<Record<string, Door>> = {
  ...forBothEngines('a script links the place of the next one to a file of the user', {
    packages: (victim) => [
      busybox(
        undefined,
        `$b mkdir -p /lib/apk/exec; $b rm -rf /lib/apk/exec/*
for script in post-install trigger; do $b ln -s ${victim} /lib/apk/exec/busybox-${BUSYBOX}.$script; done`,
      ),
    ],
    ends: 'done',
  }),
  ...forBothEngines('a script puts a link instead of the scripts’ folder', {
    packages: (_victim, home) => [
      busybox(undefined, `$b rm -rf /lib/apk; $b mkdir -p /lib; $b ln -s ${home} /lib/apk`),
    ],
    ends: 'done',
  }),
  ...forBothEngines('a package ships lib/apk as a link to a folder of the user', {
    packages: (_victim, home) => [{ name: 'aa', files: [link('lib/apk', home)] }],
    ends: 'done',
  }),
  ...forBothEngines('a package ships lib/apk/exec as a link to a folder of the user', {
    packages: (_victim, home) => [{ name: 'aa', files: [link('lib/apk/exec', home)] }],
    ends: 'done',
  }),
  ...forBothEngines('a package ships a link instead of apk’s records', {
    packages: (victim) => [
      { name: 'aa', files: [link('lib/apk/db/installed', victim), link('etc/apk/world', victim)] },
    ],
    ends: 'done',
  }),
  ...forBothEngines('a package ships a mount point as a link', {
    packages: (_victim, home) => [{ name: 'aa', files: [link('tmp', home)] }],
    ends: 'malformed-package',
    says: /tmp is a symbolic link/,
  }),
  ...forBothEngines('a package’s version is a path', {
    packages: (victim) => [
      {
        name: 'aa',
        version: `1/../../../../../../../..${victim}`,
        scripts: { 'post-install': '' },
      },
    ],
    ends: 'malformed-package',
    says: /the version ".*", which apk does not allow/,
  }),
  'the folder of the site’s key is a link': {
    what: 'native',
    packages: (_victim, home) => [{ name: 'aa', files: [link('etc/apk/keys', home)] }],
    ends: 'done',
  },
  'the EFI boot loader is a link to a file of the user': {
    what: 'native',
    packages: (victim) => [
      {
        name: 'tools',
        files: [program('usr/bin/grub-mkimage', `ln -s ${victim} /tmp/bootx64.efi`)],
      },
    ],
    ends: 'malformed-package',
    says: /bootx64\.efi is not copied from .*: it is a symbolic link/,
  },
  'the initramfs is a FIFO that nobody writes to': {
    what: 'native',
    packages: () => [
      { name: 'tools', files: [program('usr/bin/mkinitfs', 'mkfifo /tmp/initramfs.cpio')] },
    ],
    ends: 'malformed-package',
    says: /initramfs\.cpio is not copied from .*: it is not a regular file/,
  },
  'mkinitfs plants links where the inputs and results of later tools are': {
    what: 'native',
    packages: (victim) => [
      {
        name: 'tools',
        files: [
          program(
            'usr/bin/mkinitfs',
            `for name in grub-early.cfg bootx64.efi; do ln -s ${victim} /tmp/$name; done\n${MKINITFS}`,
          ),
        ],
      },
    ],
    ends: 'done',
  },
  'an index of modules is a link to a file of the user': {
    what: 'native',
    packages: (victim) => [
      { name: 'linux-virt', files: [link(`lib/modules/${RELEASE}/modules.softdep`, victim)] },
    ],
    ends: 'done',
  },
  'the kernel’s release is a path': {
    what: 'native',
    packages: () => [
      {
        name: 'linux-virt',
        files: [
          { path: 'usr/share/kernel/virt/kernel.release', content: Buffer.from('../../../etc\n') },
        ],
      },
    ],
    ends: 'image-wrong',
    says: /names its release/,
  },
  'mkimage’s image is a link to a file of the user': {
    what: 'images',
    mkimage: (victim) => `ln -s ${victim} /vipiso/out/lb-1.iso`,
    ends: 'malformed-package',
    says: /lb-1\.iso is not copied from .*: it is a symbolic link/,
  },
};

function forBothEngines(name: string, door: Omit<Door, 'what'>): Record<string, Door> {
  return Object.fromEntries(
    (['native', 'mkimage'] as const).map((what) => [`${name} (${what})`, { ...door, what }]),
  );
}

/** Lines that are not sorted: the lines of some files of a root are. */
const SECRET = 'z of the user\na of the user\n';

describe.runIf(requireTools(...TOOLS)).each(ACCOUNTS)(
  'packages against the builder, as $account',
  ({ account, possible }) => {
    const folder = suiteFolder();
    const home = path.join(folder, 'home');
    const victim = path.join(home, '.bashrc');
    let outcomes: ReadonlyMap<string, Outcome>;

    beforeAll(async () => {
      if (!possible) return;
      const lab = path.join((await labSource(suiteHost())).repository, 'x86_64');
      const small = smallSet(lab);
      mkdirSync(home);
      writeFileSync(victim, SECRET);
      // As lib/apk/exec would be called.
      mkdirSync(path.join(home, 'exec'));
      writeFileSync(path.join(home, 'exec/kept'), SECRET);
      mkdirSync(path.join(folder, 'packages'));
      const jobs = Object.values(DOORS).map(({ what, packages, mkimage }, index): Job => {
        const set = changed(small, ...(packages?.(victim, home) ?? []));
        return {
          what,
          folder: path.join(folder, String(index)),
          packages: write(set),
          ...(mkimage && { mkimage: mkimage(victim, home) }),
        };
      });
      const siteKey = { signing: pair.signing, publicKeyPem: pair.publicKey.pem };
      const results = await runJobs(account, folder, { profile: testProfile(), siteKey, jobs });
      outcomes = new Map(
        Object.keys(DOORS).map((name, index) => [name, results[index] as Outcome]),
      );
    }, 600_000);

    const write = (set: readonly Ingredients[]) =>
      writePackages(path.join(folder, 'packages'), set, pair.signing);

    test.runIf(possible).each(Object.entries(DOORS))('%s', (name, { ends, says }) => {
      const { code, message } = outcomes.get(name) as Outcome;
      expect({ code, message }).toMatchObject({ code: ends });
      if (says !== undefined) expect(message).toMatch(says);
      // Judged for all of them at once: whichever door is open shows here.
      expect(readFileSync(victim, 'utf8')).toBe(SECRET);
      const left = readdirSync(home, { recursive: true, encoding: 'utf8' }).sort();
      expect(left).toEqual(['.bashrc', 'exec', 'exec/kept']);
    });

    test.runIf(possible)('nothing of the user gets into a base', () => {
      for (const [index, { what, ends }] of Object.values(DOORS).entries()) {
        const bases = path.join(folder, String(index), 'cache', 'bases');
        if (what !== 'native' || ends !== 'done') continue;
        for (const base of readdirSync(bases)) {
          const efi = path.join(bases, base, 'content/tree/efi/boot/bootx64.efi');
          expect(readFileSync(efi, 'utf8')).not.toContain(SECRET);
          expect(existsSync(path.join(bases, base, 'content/tree/boot/initramfs-virt'))).toBe(true);
        }
      }
    });
  },
);
