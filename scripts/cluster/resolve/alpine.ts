import { compareStrings } from '../../core/digest.ts';
import type { AlpineModel, ImageModel, RepositoryModel } from '../model.ts';
import { absolutePath } from '../references.ts';
import type { ReferenceContext } from '../references.ts';
import type { AlpineFile } from '../schema/alpine.ts';
import type { ImageFile } from '../schema/image.ts';
import { listOf } from './lists.ts';
import { imageFormats } from '../values/image-formats.ts';

const DEFAULT_MIRROR = 'https://dl-cdn.alpinelinux.org/alpine';
export const DEFAULT_BRANCH = 'v3.24';
const DEFAULT_REPOSITORIES = ['main', 'community'];
const DEFAULT_BAUD = 115_200;

export function resolveAlpine(file: AlpineFile = {}, context: ReferenceContext): AlpineModel {
  return {
    branch: branchOf(file, context),
    arch: file.arch ?? 'x86_64',
    repositories: resolveRepositories(file, context),
    keysFolder: file.keys === undefined ? undefined : absolutePath(context, file.keys),
    packages: file.packages ?? [],
    kernelFlavour: file.kernel ?? 'virt',
    aports: file.aports === undefined ? undefined : locate(file.aports, context),
  };
}

function branchOf(file: AlpineFile, context: ReferenceContext): string {
  return context.branch ?? file.branch ?? DEFAULT_BRANCH;
}

/** One repository per entry; a plain name is looked up below every mirror, a place stands for itself. */
function resolveRepositories(
  file: AlpineFile,
  context: ReferenceContext,
): readonly RepositoryModel[] {
  const mirrors = listOf(file.mirror ?? DEFAULT_MIRROR);
  const branch = branchOf(file, context);
  return namedRepositories(file.repositories ?? DEFAULT_REPOSITORIES, (place) =>
    isPlace(place)
      ? [locate(place, context)]
      : mirrors.map((mirror) => `${locate(mirror, context)}/${branch}/${place}`),
  );
}

/** What a cluster file that says nothing of repositories uses: main and community of Alpine's own mirror. */
export function alpineRepositories(branch = DEFAULT_BRANCH): readonly RepositoryModel[] {
  return namedRepositories(DEFAULT_REPOSITORIES, (place) => [
    `${DEFAULT_MIRROR}/${branch}/${place}`,
  ]);
}

/**
 * Gives each repository a short name of its own, made from its place.
 *
 * @param entries places in the notation of /etc/apk/repositories: `PLACE` or `@tag PLACE`
 * @param basesOf where the packages of a place may be read from
 */
export function namedRepositories(
  entries: readonly string[],
  basesOf: (place: string) => readonly string[],
): readonly RepositoryModel[] {
  const taken = new Set<string>();
  return entries.map((entry) => {
    const { tag, place } = splitTag(entry);
    return { name: uniqueName(nameOf(place), taken), tag, bases: basesOf(place) };
  });
}

function splitTag(entry: string): { tag: string | undefined; place: string } {
  const match = /^@(\S+)\s+(\S+)$/.exec(entry);
  return match === null
    ? { tag: undefined, place: entry }
    : { tag: match[1], place: match[2] ?? '' };
}

/** Whether a repository names a folder or URL of its own rather than a folder of the mirror's branch. */
function isPlace(text: string): boolean {
  return text.includes('/') || text.startsWith('.');
}

function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

function locate(place: string, context: ReferenceContext): string {
  return (isUrl(place) ? place : absolutePath(context, place)).replace(/(?<=[^/])\/+$/, '');
}

/** Last named part of a place: `/srv/alpine/v3.24/testing/` is `testing`. */
function nameOf(place: string): string {
  const parts = place.split(/[/?#]/).map((part) => part.replace(/[^A-Za-z0-9_.-]/g, '-'));
  return parts.findLast((part) => /[A-Za-z0-9]/.test(part)) ?? 'repository';
}

function uniqueName(name: string, taken: Set<string>): string {
  let candidate = name;
  for (let count = 2; taken.has(candidate); count += 1) candidate = `${name}-${count}`;
  taken.add(candidate);
  return candidate;
}

export function resolveImage(file: ImageFile = {}): ImageModel {
  return {
    engine: file.engine ?? 'mkimage',
    formats: imageFormats(file.formats ?? []),
    profile: file.profile ?? 'virt',
    kernelArguments: file.kernel_arguments ?? [],
    modules: file.modules === 'all' ? 'all' : [...new Set(file.modules)].sort(compareStrings),
    serialConsole: resolveSerial(file.serial_console),
  };
}

function resolveSerial(serial: ImageFile['serial_console']): ImageModel['serialConsole'] {
  if (serial === false) return undefined;
  if (typeof serial === 'string') return { device: serial, baud: DEFAULT_BAUD };
  return { device: serial?.device ?? 'ttyS0', baud: serial?.baud ?? DEFAULT_BAUD };
}
