import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { missingModules } from '../../../../scripts/image/audit/audit-modules.ts';
import { KEPT_MODULES, WRAPPERS } from '../../../../scripts/image/mkimage/builder/wrappers.ts';
import { chooseModules } from '../../../../scripts/image/modules/choose.ts';
import { neededByOverlay } from '../../../../scripts/image/modules/needed.ts';
import { REMOVE_MODULES, keptText } from '../../../../scripts/image/modules/remove-modules.ts';
import { moduleName, parseTables } from '../../../../scripts/image/modules/tables.ts';
import type { FileTree } from '../../../../scripts/overlay/tree.ts';
import { temporaryFolder } from '../../../support/host/test-host.ts';
import { testProfile } from '../../../support/images/image-inputs.ts';

const TABLES = parseTables(
  new Map([
    [
      'modules.dep',
      [
        'kernel/fs/ext4/ext4.ko.gz: kernel/fs/jbd2/jbd2.ko.gz kernel/fs/mbcache.ko.gz',
        'kernel/fs/jbd2/jbd2.ko.gz:',
        'kernel/fs/mbcache.ko.gz:',
        'kernel/fs/btrfs/btrfs.ko.gz: kernel/lib/raid6/raid6_pq.ko.gz',
        'kernel/lib/raid6/raid6_pq.ko.gz:',
        'kernel/crypto/crc32c_generic.ko.gz:',
        'kernel/drivers/net/virtio_net.ko.gz:',
        'kernel/drivers/net/vxlan/vxlan.ko.gz:',
        'kernel/drivers/usb/storage/usb-storage.ko.gz:',
        'kernel/net/netfilter/nf_conntrack_ftp.ko.gz:',
        '',
      ].join('\n'),
    ],
    ['modules.softdep', '# of depmod\nsoftdep ext4 pre: crc32c post: lost\n'],
    ['modules.alias', 'alias crypto-crc32c crc32c_generic\nalias crc32c crc32c_generic\n'],
    ['modules.builtin', 'kernel/net/ipv6/ipv6.ko\n'],
  ]),
);
const choose = (places: readonly string[], names: readonly string[] = []) =>
  chooseModules(TABLES, { places, names });

describe('the choice of modules', () => {
  test('brings what a module needs, and what should be loaded with it', () => {
    expect(choose(['fs/ext4/']).kept).toEqual([
      'kernel/crypto/crc32c_generic.ko',
      'kernel/fs/ext4/ext4.ko',
      'kernel/fs/jbd2/jbd2.ko',
      'kernel/fs/mbcache.ko',
    ]);
  });

  test.each([
    ['a folder and what is below', ['fs/'], 4],
    ['one module, however its makers liked to write it', ['drivers/usb/storage/usb_storage'], 1],
    ['no more than a part of a name', ['drivers/net/virtio'], 0],
    ['all of one folder, and none below it', ['drivers/net/*'], 1],
    ['a place that this kernel has not', ['drivers/infiniband/'], 0],
  ])('takes %s', (_what, places, count) => {
    const direct = choose(places).kept.filter((it) => places.some((at) => inPlace(it, at)));
    expect(direct).toHaveLength(count);
  });

  test('takes names of the user, with dashes too, and says which there are not', () => {
    const { kept, leftOut, unknown } = choose(
      [],
      ['nf-conntrack-ftp', 'ipv6', 'crc32c', 'nonesuch'],
    );
    expect(kept).toEqual([
      'kernel/crypto/crc32c_generic.ko',
      'kernel/net/netfilter/nf_conntrack_ftp.ko',
    ]);
    expect(unknown).toEqual(['nonesuch']);
    expect(leftOut).toContain('usb_storage');
    expect(leftOut).not.toContain('nf_conntrack_ftp');
  });

  test('of the default profile has what a load balancer is made of', () => {
    const { modules } = testProfile();
    const names = choose(modules).kept.map(moduleName);
    expect(names).toEqual(expect.arrayContaining(['virtio_net', 'ext4', 'vxlan', 'usb_storage']));
    expect(names).not.toContain('btrfs');
  });
});

function inPlace(path: string, place: string): boolean {
  const start = `kernel/${place.replace(/\*$/, '').replaceAll('_', '-')}`;
  return path.replaceAll('_', '-').startsWith(start);
}

test('what is not kept is removed, with the folders that are empty then', () => {
  const folder = path.join(temporaryFolder(), '6.6.31-0-virt');
  const kept = ['kernel/fs/ext4/ext4.ko', 'kernel/net/a+b.ko'];
  const others = ['kernel/fs/ext4/ext4.ko2', 'kernel/fs/btrfs/btrfs.ko', 'kernel/net/aab.ko'];
  for (const name of [...kept, ...others, 'modules.order']) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), '');
  }
  const list = path.join(folder, '..', 'kept');
  writeFileSync(list, keptText({ kept }));
  execFileSync('sh', ['-e', '-c', REMOVE_MODULES, 'sh', folder, list]);
  for (const name of [...kept, 'modules.order'])
    expect(existsSync(path.join(folder, name))).toBe(true);
  for (const name of others) expect(existsSync(path.join(folder, name))).toBe(false);
  expect(existsSync(path.join(folder, 'kernel/fs/btrfs'))).toBe(false);
});

test("for mkimage are removed by the wrapper of depmod, before update-kernel's own", () => {
  const folder = temporaryFolder();
  const [ours, theirs] = [path.join(folder, 'ours'), path.join(folder, 'theirs')];
  const release = path.join(folder, 'root/lib/modules/6.6.31-0-virt');
  const program = '#!/bin/sh\nfind "$2/lib/modules/$3" -name "*.ko" > "$2/seen"\n';
  for (const at of [ours, theirs, path.join(release, 'kernel')]) mkdirSync(at, { recursive: true });
  for (const name of ['a.ko', 'b.ko']) writeFileSync(path.join(release, 'kernel', name), '');
  writeFileSync(path.join(ours, 'depmod'), WRAPPERS.get('depmod') ?? '', { mode: 0o755 });
  writeFileSync(path.join(theirs, 'depmod'), program, { mode: 0o755 });
  writeFileSync(path.join(ours, KEPT_MODULES), keptText({ kept: ['kernel/b.ko'] }));
  const root = path.join(folder, 'root');
  execFileSync(path.join(ours, 'depmod'), ['-b', root, path.basename(release)], {
    env: { PATH: `${ours}:${theirs}:/usr/bin:/bin` },
  });
  expect(readFileSync(path.join(root, 'seen'), 'utf8')).toBe(`${release}/kernel/b.ko\n`);
});

describe('what a node loads', () => {
  const file = (name: string, text: string): FileTree[number] => ({
    ...{ type: 'file', path: name, mode: 0o644, uid: 0, gid: 0 },
    content: Buffer.from(text),
  });
  const tree: FileTree = [
    file(
      'etc/init.d/here',
      '# modprobe commented\nstart() {\n\tmodprobe -q nf-one 1 || return 1\n\tmodprobe -a two three\n\tmodprobe -r gone\n\tmodprobe "$other"\n}\n',
    ),
    file('etc/init.d/idle', 'modprobe never\n'),
    file('etc/modules', '# all\naf_packet\n8021q  # VLANs\n'),
    file('etc/modules-load.d/x.conf', 'dm-crypt param=1\n'),
    file('etc/modules-load.d/x.txt', 'no\n'),
    {
      type: 'symlink',
      path: 'etc/runlevels/default/here',
      target: '/etc/init.d/here',
      uid: 0,
      gid: 0,
    },
  ];

  test('stands in lists, and in the services that it starts', () => {
    expect(neededByOverlay(tree).map(({ module }) => module)).toEqual([
      ...['nf_one', 'two', 'three'],
      ...['af_packet', '8021q', 'dm_crypt'],
    ]);
  });

  test('is missing where the kernel has it and the image has not', () => {
    const missing = missingModules(neededByOverlay(tree), new Set(['two']), ['two', 'dm_crypt']);
    expect(missing).toEqual(['etc/modules-load.d/x.conf of the overlay loads dm_crypt']);
  });
});
