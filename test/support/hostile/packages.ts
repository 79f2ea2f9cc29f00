import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { SigningKey } from '../../../scripts/apk/model.ts';
import { openPackage } from '../../../scripts/apk/package/package-file.ts';
import { sha256 } from '../../../scripts/core/digest.ts';
import { writeCpio } from '../../../scripts/formats/cpio.ts';
import { readGzipMember } from '../../../scripts/formats/gzip-members.ts';
import { Profile } from '../../../scripts/image/profile.ts';
import type { PackageFile } from '../../../scripts/packages/package-files.ts';
import type { ApkFile, ApkInput } from '../../lab/apk-writer.ts';
import { buildApk } from '../apk/apk-builder.ts';

/** What a package of the set is made of. */
export type Ingredients = Partial<ApkInput> & { readonly name: string };

export const BUSYBOX = '1.36.1-r0';
export const RELEASE = '6.6.0-0-virt';

export function program(at: string, text: string): ApkFile {
  return { path: at, mode: 0o755, content: Buffer.from(`#!/bin/sh\n${text}\n`) };
}

export function link(at: string, target: string): ApkFile {
  return { path: at, type: 'symlink', linkTarget: target };
}

function text(at: string, content: string): ApkFile {
  return { path: at, content: Buffer.from(content) };
}

/** A script for BusyBox before its applets are linked: `$b` is the program. */
export function script(lines: string): string {
  return `#!/bin/busybox sh\nb=/bin/busybox\n${lines}\n`;
}

export const MKINITFS = `while [ $# -gt 0 ]; do
	case "$1" in -o) out=$2; shift ;; esac
	shift
done
cat /usr/share/test.cpio > "$out"`;

const GRUB = `for word; do
	case "$word" in --output=*) out=\${word#*=} ;; --config=*) config=\${word#*=} ;; esac
done
cat "$config" > "$out"`;

/** Those that no image is made without. */
const GRUB_MODULES = Profile.parse(
  parse(readFileSync(path.resolve(import.meta.dirname, '../../../profiles/virt.yaml'), 'utf8')),
).bootloader.grub_modules;

/**
 * The smallest packages that a base can be made of: the lab's BusyBox, whose shell prefers its own programs, a kernel that
 * is none, and shell scripts instead of mkinitfs and grub-mkimage.
 *
 * @param lab absolute path of the lab's package folder
 */
export function smallSet(lab: string): Ingredients[] {
  const cpio = writeCpio(
    [
      {
        name: 'init',
        mode: 0o100755,
        content: Buffer.from('#!/bin/sh\n'),
        device: { major: 0, minor: 0 },
        linkGroup: undefined,
      },
    ],
    0,
  );
  const syslinux = ['isohdpfx.bin', 'isolinux.bin', 'ldlinux.c32', 'libutil.c32', 'libcom32.c32'];
  return [
    {
      name: 'busybox',
      version: BUSYBOX,
      files: busyboxFiles(lab),
      scripts: { 'post-install': script('exec $b --install -s') },
    },
    {
      name: 'tools',
      files: [
        link('bin/sh', '/bin/busybox'),
        program('usr/bin/mkinitfs', MKINITFS),
        program('usr/bin/grub-mkimage', GRUB),
        { path: 'usr/share/test.cpio', content: cpio },
        ...GRUB_MODULES.map((name) => text(`usr/lib/grub/x86_64-efi/${name}.mod`, name)),
      ],
    },
    {
      name: 'linux-virt',
      files: [
        text('boot/vmlinuz-virt', 'kernel'),
        text('boot/config-virt', 'CONFIG_SQUASHFS_ZSTD=y\n'),
        text('boot/System.map-virt', 'map'),
        text(`lib/modules/${RELEASE}/modules.alias`, 'alias b\nalias a\n'),
        text('usr/share/kernel/virt/kernel.release', `${RELEASE}\n`),
      ],
    },
    {
      name: 'syslinux',
      files: [...syslinux, 'mboot.c32'].map((name) => text(`usr/share/syslinux/${name}`, name)),
    },
  ];
}

function busyboxFiles(lab: string): ApkFile[] {
  const [name = ''] = readdirSync(lab).filter((it) => /^busybox-\d/.test(it));
  return [...openPackage(readFileSync(path.join(lab, name))).entries()]
    .filter((entry) => entry.path === 'bin/busybox')
    .map(({ content }) => ({ path: 'bin/busybox', mode: 0o755, content }));
}

/** The set with other files, scripts or packages in it: files of the same path are replaced. */
export function changed(
  set: readonly Ingredients[],
  ...changes: readonly Ingredients[]
): Ingredients[] {
  const rest = changes.filter(({ name }) => !set.some((it) => it.name === name));
  const merged = set.map((old) => {
    const change = changes.find(({ name }) => name === old.name);
    if (change === undefined) return old;
    const files = change.files ?? [];
    const kept = (old.files ?? []).filter((it) => !files.some((file) => file.path === it.path));
    return {
      ...old,
      ...change,
      files: [...kept, ...files],
      scripts: { ...old.scripts, ...change.scripts },
    };
  });
  return [...merged, ...rest];
}

/** Writes signed packages into a folder, and what a lock says of them. */
export function writePackages(
  folder: string,
  set: readonly Ingredients[],
  key: SigningKey,
): PackageFile[] {
  return set.map((ingredients): PackageFile => {
    const bytes = buildApk(ingredients, key);
    const { name, version = '1.0-r0' } = ingredients;
    const digest = sha256(bytes);
    const file = path.join(folder, `${digest}.apk`);
    writeFileSync(file, bytes, { mode: 0o644 });
    const about = { name, version, arch: 'x86_64', origin: name, size: bytes.length };
    const locked = { ...about, checksum: checksumOf(bytes), sha256: digest, repository: 'main' };
    return { locked: { ...locked, for: ['kernel', 'builder'] }, path: file };
  });
}

/** Of a package that may be one which nothing of ours would open. */
function checksumOf(bytes: Buffer): string {
  const limits = { maxContent: 2 ** 20, code: 'malformed-package', what: 'it' } as const;
  const signature = readGzipMember(bytes, 0, limits);
  const control = readGzipMember(bytes, signature.compressed.length, limits);
  return `Q1${createHash('sha1').update(control.compressed).digest('base64')}`;
}
