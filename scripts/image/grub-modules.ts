import { VipisoError } from '../core/errors.ts';
import { isFileBelow } from '../host/below/files-below.ts';
import type { Profile } from './profile.ts';

export const EFI_PLATFORM = 'x86_64-efi';

/**
 * The modules that go into GRUB's EFI program: those that the profile needs, and of the others those that this release
 * of GRUB has (2.14 came without `efi_uga`).
 *
 * @param root absolute path of a root that package grub-efi is installed in
 * @throws VipisoError image-wrong where a needed one is missing
 */
export async function grubModules(
  root: string,
  {
    profileName,
    profile: { bootloader },
  }: { readonly profileName: string; readonly profile: Pick<Profile, 'bootloader'> },
): Promise<readonly string[]> {
  const isThere = (module: string): Promise<boolean> =>
    isFileBelow({ root, file: fileOf(module), links: 'inside' });
  const missing: string[] = [];
  for (const module of bootloader.grub_modules) if (!(await isThere(module))) missing.push(module);
  if (missing.length > 0) {
    throw new VipisoError(
      'image-wrong',
      `package grub-efi has no module ${missing.join(', ')}, which the image profile “${profileName}” needs`,
      {
        details: missing.map((module) => `not there: /${fileOf(module)}`),
        hint: `If machines start without it, move it to bootloader.grub_modules_if_there in profiles/${profileName}.yaml; else lock another grub-efi.`,
      },
    );
  }
  const further: string[] = [];
  for (const module of bootloader.grub_modules_if_there) {
    if (await isThere(module)) further.push(module);
  }
  return [...bootloader.grub_modules, ...further];
}

function fileOf(module: string): string {
  return `usr/lib/grub/${EFI_PLATFORM}/${module}.mod`;
}
