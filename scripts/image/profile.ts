import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { VipisoError } from '../core/errors.ts';
import { ioError, isErrno } from '../host/fs/errno.ts';
import type { Host } from '../host/host.ts';

/** One word of a kernel command line or a package request: nothing in it can end a line or a quoted text. */
const word = z.string().regex(/^[!-~]+$/, 'must be one word of printable ASCII');

/** What kind of machine an image is for: `profiles/<name>.yaml`. Every engine builds from it. */
export const Profile = z.strictObject({
  description: z.string(),
  kernel: z.strictObject({
    /** Further requests of the root that the kernel files are made in, in apk's notation. */
    packages: z.array(word),
    arguments: z.array(word),
  }),
  initramfs: z.strictObject({
    /** Names of mkinitfs features: files below /etc/mkinitfs/features.d. */
    features: z.array(word).min(1),
  }),
  /** Below `kernel/`: folders, which end with `/`, or modules; `modules/choose.ts` has the notation. */
  modules: z.array(z.string().regex(/^[\w-][\w/*-]*$/, 'must be a place below kernel/')),
  modloop: z.discriminatedUnion('compression', [
    z.strictObject({ compression: z.literal('zstd'), level: z.int().min(1).max(22) }),
    z.strictObject({ compression: z.literal('xz') }),
  ]),
  bootloader: z.strictObject({
    /** Tenths of a second. */
    timeout: z.int().min(0).max(35_996),
    /** Without one of these no image is made. */
    grub_modules: z.array(word).min(1),
    /** Taken where the release of GRUB has them. */
    grub_modules_if_there: z.array(word).default([]),
  }),
});
export type Profile = z.infer<typeof Profile>;

/**
 * @throws VipisoError not-found: there is no such profile; usage: its file is not as it should be
 */
export async function loadProfile(host: Host, name: string): Promise<Profile> {
  const folder = path.join(host.packageRoot, 'profiles');
  const file = path.join(folder, `${name}.yaml`);
  // A name that leads out of the folder is as unknown as one that is not there.
  const text = /^[A-Za-z0-9_]+$/.test(name) ? await readIfThere(file) : undefined;
  if (text === undefined) {
    const known = (await readdir(folder)).filter((entry) => entry.endsWith('.yaml')).sort();
    throw new VipisoError('not-found', `there is no image profile “${name}”`, {
      hint: `Set image.profile to one of: ${known.map((entry) => path.parse(entry).name).join(', ')}`,
    });
  }
  return parseProfile(text, name);
}

/** @throws VipisoError usage */
export function parseProfile(text: string, name: string): Profile {
  const result = Profile.safeParse(parse(text));
  if (result.success) return result.data;
  throw new VipisoError('usage', `the image profile “${name}” is not valid`, {
    details: result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
  });
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw ioError(error, 'read the image profile', file);
  }
}
