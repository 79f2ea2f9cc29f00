import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Host } from '../../host/host.ts';
import { compareStrings } from '../../core/digest.ts';
import { isErrno } from '../../host/errno.ts';
import { resolveInside } from '../root/resolve-inside.ts';
import { runInRoot } from './work-root.ts';
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

/** Unpacks the modules of one kernel in place and makes their index by the root's own depmod. */
export async function refreshModuleIndex(
  host: Host,
  work: WorkRoot,
  version: string,
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
  await runInRoot(host, work, ['depmod', version], { writeRoot: true });
  const real = path.join(work.root, await resolveInside(work.root, folder));
  for (const name of UNORDERED) await sortLines(path.join(real, name));
}

/** Comments stay in front. */
async function sortLines(file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (text === undefined || text === '') return;
  const lines = text.replace(/\n$/, '').split('\n');
  const comments = lines.filter((line) => line.startsWith('#'));
  const rest = lines.filter((line) => !line.startsWith('#')).sort(compareStrings);
  await writeFile(file, `${[...comments, ...rest].join('\n')}\n`);
}
