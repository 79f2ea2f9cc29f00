import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { grubModules } from '../../../scripts/image/grub-modules.ts';
import { WRAPPERS } from '../../../scripts/image/mkimage/builder/wrappers.ts';
import { parseProfile } from '../../../scripts/image/profile.ts';
import { temporaryFolder } from '../../support/host/test-host.ts';

const VIRT = path.resolve(import.meta.dirname, '../../../profiles/virt.yaml');
const profile = parseProfile(readFileSync(VIRT, 'utf8'), 'virt');
const { grub_modules: needed, grub_modules_if_there: further } = profile.bootloader;

/** A root with package grub-efi as some release of GRUB has it. */
function rootWith(modules: readonly string[]): string {
  const root = temporaryFolder();
  const folder = path.join(root, 'usr/lib/grub/x86_64-efi');
  mkdirSync(folder, { recursive: true });
  for (const name of modules) writeFileSync(path.join(folder, `${name}.mod`), '');
  return root;
}

describe("GRUB's modules", () => {
  test('are all of them where the release has all', async () => {
    const root = rootWith([...needed, ...further]);
    expect(await grubModules(root, { profileName: 'virt', profile })).toEqual([
      ...needed,
      ...further,
    ]);
  });

  test('leave out efi_uga, which 2.14 no longer has', async () => {
    const root = rootWith([...needed, ...further.filter((name) => name !== 'efi_uga')]);
    const modules = await grubModules(root, { profileName: 'virt', profile });
    expect(modules).toEqual([...needed, ...further.filter((name) => name !== 'efi_uga')]);
    expect(further).toContain('efi_uga');
  });

  test('that matter are missed by name', async () => {
    const root = rootWith([...needed.filter((name) => name !== 'iso9660'), ...further]);
    await expect(grubModules(root, { profileName: 'virt', profile })).rejects.toMatchObject({
      code: 'image-wrong',
      message: 'package grub-efi has no module iso9660, which the image profile “virt” needs',
      details: ['not there: /usr/lib/grub/x86_64-efi/iso9660.mod'],
    });
  });

  test("for mkimage are chosen by the wrapper of grub-mkimage, by mkimage's own folder", () => {
    const root = rootWith(['linux', 'cat']);
    const [ours, theirs] = [path.join(root, 'ours'), path.join(root, 'theirs')];
    for (const folder of [ours, theirs]) mkdirSync(folder);
    writeFileSync(path.join(ours, 'grub-mkimage'), WRAPPERS.get('grub-mkimage') ?? '');
    writeFileSync(path.join(theirs, 'grub-mkimage'), '#!/bin/sh\nprintf "%s\\n" "$@"\n');
    for (const folder of [ours, theirs]) chmodSync(path.join(folder, 'grub-mkimage'), 0o755);
    const directory = `--directory=${path.join(root, 'usr/lib/grub/x86_64-efi')}`;
    const words = ['--output=a b', directory, 'linux', '--if-there=efi_uga', '--if-there=cat'];
    const env = { PATH: `${ours}:${theirs}:/usr/bin:/bin` };
    const program = path.join(ours, 'grub-mkimage');
    const said = execFileSync(program, words, { env, encoding: 'utf8' });
    expect(said.trim().split('\n')).toEqual(['--output=a b', directory, 'linux', 'cat']);
  });
});
