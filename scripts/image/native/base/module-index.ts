import { compareStrings } from '../../../core/digest.ts';
import { readBelow, writeBelow } from '../../../host/below/files-below.ts';
import type { Host } from '../../../host/host.ts';
import { REMOVE_MODULES, keptText } from '../../modules/remove-modules.ts';
import type { ModuleSelection } from '../../modules/selection.ts';
import { INPUTS, runInRoot } from './work-root.ts';
import type { WorkRoot } from './work-root.ts';

/** Compressed modules, and what the root unpacks each kind by. */
const UNPACKERS = [
  { suffix: '.ko.gz', command: ['gunzip'] },
  { suffix: '.ko.xz', command: ['unxz'] },
  { suffix: '.ko.zst', command: ['unzstd', '-q', '--rm'] },
];

/** Text files that depmod writes in the order of a hash or of the file system: every line stands for itself. */
const UNORDERED = [
  'modules.alias',
  'modules.dep',
  'modules.devname',
  'modules.softdep',
  'modules.symbols',
];

/**
 * Unpacks the modules of one kernel in place, removes those that are not kept, and makes the index of the rest by the
 * root's own depmod.
 *
 * @param selection absent = all are kept
 */
export async function refreshModuleIndex(
  host: Host,
  work: WorkRoot,
  version: string,
  selection: ModuleSelection | undefined,
): Promise<void> {
  const folder = `/lib/modules/${version}`;
  for (const { suffix, command } of UNPACKERS) {
    await runInRoot(
      host,
      work,
      ['find', folder, '-type', 'f', '-name', `*${suffix}`, '-exec', ...command, '{}', '+'],
      { writeRoot: true },
    );
  }
  if (selection !== undefined) {
    await runInRoot(
      host,
      work,
      ['sh', '-e', '-c', REMOVE_MODULES, 'sh', folder, `${INPUTS}/kept`],
      { writeRoot: true, inputs: new Map([['kept', keptText(selection)]]) },
    );
  }
  await runInRoot(host, work, ['depmod', version], { writeRoot: true });
  for (const name of UNORDERED) await sortLines(work.root, `lib/modules/${version}/${name}`);
}

/** Comments stay in front. */
async function sortLines(root: string, file: string): Promise<void> {
  const where = { root, file, links: 'inside' } as const;
  const text = (await readBelow(where))?.toString() ?? '';
  if (text === '') return;
  const lines = text.replace(/\n$/, '').split('\n');
  const comments = lines.filter((line) => line.startsWith('#'));
  const rest = lines.filter((line) => !line.startsWith('#')).sort(compareStrings);
  await writeBelow(where, `${[...comments, ...rest].join('\n')}\n`);
}
