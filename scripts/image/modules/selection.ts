import { z } from 'zod';
import { digestOf } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { didYouMean } from '../../cluster/findings/did-you-mean.ts';
import { readDerived, writeDerived } from '../../host/cache/derived-file.ts';
import type { Host } from '../../host/host.ts';
import { openLocked } from '../../packages/package-files.ts';
import type { SharedInputs } from '../engine.ts';
import { chooseModules } from './choose.ts';
import { TABLE_FILES, parseTables } from './tables.ts';
import type { ModuleTables } from './tables.ts';

/** Which modules an image carries. */
export interface ModuleSelection {
  /** Paths below lib/modules/<release>, without a compression's suffix, sorted. */
  readonly kept: readonly string[];
  /** Names of the modules that the kernel has and the image has not, sorted. */
  readonly leftOut: readonly string[];
}

type Inputs = Pick<SharedInputs, 'flavour' | 'profile' | 'modules' | 'kernelPackages'>;

/** null: the kernel has no tables to choose by. */
const Stored = z
  .strictObject({ kept: z.array(z.string()), leftOut: z.array(z.string()) })
  .nullable();
const KIND = 'module-selections';
/** Raised whenever the same inputs choose otherwise. */
const VERSION = 1;

/**
 * Chooses the modules of an image by the profile, by what the user names, and by the tables of the locked kernel.
 * Computed once per kernel and choice.
 *
 * @returns undefined where all are kept: the user wants that, or the kernel package has no tables to choose by
 * @throws VipisoError not-found: the kernel has no module of a name that the user gave; image-wrong: there are names and
 *   no tables; digest-mismatch
 */
export async function selectModules(
  host: Host,
  inputs: Inputs,
): Promise<ModuleSelection | undefined> {
  const { profile, modules, kernelPackages, flavour } = inputs;
  if (modules === 'all') return undefined;
  const name = `linux-${flavour}`;
  const kernel = kernelPackages.filter(({ locked }) => locked.name === name);
  const key = digestOf({
    ...{ version: VERSION, modules, places: profile.modules },
    kernel: kernel.map(({ locked }) => locked.sha256),
  });
  const known = await readDerived(host, KIND, key);
  if (known !== undefined) return Stored.parse(JSON.parse(known.toString())) ?? undefined;
  const tables = await kernelTables(host, kernel);
  if (tables === undefined) {
    if (modules.length === 0) {
      await writeDerived(host, KIND, key, Buffer.from('null'));
      return undefined;
    }
    throw new VipisoError(
      'image-wrong',
      `${name} has no modules.dep: what ${modules.join(', ')} of image.modules needs is not known`,
      { hint: 'Set image.modules to all, and the image carries every module.' },
    );
  }
  const { unknown, ...selection } = chooseModules(tables, {
    places: profile.modules,
    names: modules,
  });
  requireKnown(unknown, tables, name);
  await writeDerived(host, KIND, key, Buffer.from(JSON.stringify(selection)));
  return selection;
}

/** Undefined for a kernel that brings none: one without modules, or one that was packed in another way. */
async function kernelTables(
  host: Host,
  kernel: SharedInputs['kernelPackages'],
): Promise<ModuleTables | undefined> {
  const files = new Map<string, string>();
  for await (const opened of openLocked(host, kernel)) {
    for (const { path, type, content } of opened.entries()) {
      const file = /^(?:usr\/)?lib\/modules\/[^/]+\/([^/]+)$/.exec(path)?.[1] ?? '';
      if (type === 'file' && isTable(file)) files.set(file, content.toString());
    }
  }
  return files.has('modules.dep') ? parseTables(files) : undefined;
}

function isTable(file: string): boolean {
  return TABLE_FILES.some((name) => name === file);
}

function requireKnown(unknown: readonly string[], { needs }: ModuleTables, kernel: string): void {
  const [first] = unknown;
  if (first === undefined) return;
  const names = [...needs.keys()].map((path) => path.replace(/^.*\/|\.ko$/g, ''));
  const close = didYouMean(first, names);
  throw new VipisoError('not-found', `${kernel} has no module ${unknown.join(', ')}`, {
    hint: `Correct image.modules${close === undefined ? '' : `: did you mean ${close}?`}`,
  });
}
