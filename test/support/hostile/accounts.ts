import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { requireTools } from '../host/require-tools.ts';
import type { JobFile, Outcome } from './jobs.ts';

const NOBODY = 65_534;
const JOBS = path.join(import.meta.dirname, 'jobs.ts');
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

export type Account = 'root' | 'an ordinary user';

const isRoot = process.getuid?.() === 0;

/** Whom this test can be: root can be both, everybody else not. */
export const ACCOUNTS: readonly { readonly account: Account; readonly possible: boolean }[] = [
  { account: 'root', possible: isRoot },
  { account: 'an ordinary user', possible: !isRoot || requireTools('setpriv') },
];

/** Gives a folder, with all in it, to the account. */
function giveTo(account: Account, folder: string): void {
  if (!isRoot || account === 'root') return;
  for (const name of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
    chownSync(path.join(folder, name), NOBODY, NOBODY);
  }
}

/**
 * Runs jobs in a process of the account's.
 *
 * @param folder absolute path of a folder that the account can reach and write to
 */
export async function runJobs(
  account: Account,
  folder: string,
  file: JobFile,
): Promise<readonly Outcome[]> {
  const jobs = path.join(folder, 'jobs.json');
  writeFileSync(jobs, JSON.stringify(file));
  for (const job of file.jobs) mkdirSync(job.folder, { recursive: true });
  giveTo(account, folder);
  chmodSync(folder, 0o755);
  const command = [process.execPath, '--import', TSX, JOBS, jobs];
  const ids = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const whole = isRoot && account !== 'root' ? ['setpriv', ...ids, ...command] : command;
  const [program = '', ...args] = whole;
  const { stdout } = await promisify(execFile)(program, args, {
    cwd: path.resolve(import.meta.dirname, '../../..'),
    env: { PATH: process.env['PATH'], HOME: folder },
    maxBuffer: 64 * 1024 ** 2,
  });
  return JSON.parse(stdout) as Outcome[];
}
