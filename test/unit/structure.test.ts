import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** More files than this in one folder are a drawer: nobody sees what is in it. */
const MOST_FILES = 16;
/** One file for each command, whatever their number; trees that are data. */
const EXEMPT = [
  'scripts/workflows',
  'scripts/cli/commands',
  'test/lab/tree',
  'test/golden',
  'test/fixtures',
];

interface Folder {
  readonly folder: string;
  readonly files: readonly string[];
}

function foldersBelow(folder: string): readonly Folder[] {
  if (EXEMPT.some((exempt) => folder === exempt || folder.startsWith(`${exempt}/`))) return [];
  const entries = readdirSync(path.join(ROOT, folder), { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const folders = entries.filter((entry) => entry.isDirectory());
  return [{ folder, files }, ...folders.flatMap(({ name }) => foldersBelow(`${folder}/${name}`))];
}

function namesIn(folder: string): readonly string[] {
  return readdirSync(path.join(ROOT, folder)).map((name) => name.replace(/\.ts$/, ''));
}

test('no folder holds more files than one can take in', () => {
  const drawers = ['scripts', 'test']
    .flatMap(foldersBelow)
    .filter(({ files }) => files.length > MOST_FILES)
    .map(({ folder, files }) => `${folder}: ${files.length} files`);
  expect(drawers).toEqual([]);
});

test('workflows/ holds the commands and nothing else', () => {
  const commands = namesIn('scripts/cli/commands');
  const workflows = namesIn('scripts/workflows');
  // A command with subcommands or ways of its own has a folder of its name.
  expect(workflows.filter((name) => !commands.includes(name))).toEqual([]);
  // It prints the command tree itself, which cli/ makes: there is nothing below to call.
  const ofCliAlone = ['completion'];
  const others = commands.filter((name) => !ofCliAlone.includes(name));
  expect(others.filter((name) => !workflows.includes(name))).toEqual([]);
});
