import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { bashCompletion } from '../../../scripts/cli/completion/bash.ts';
import { fishCompletion } from '../../../scripts/cli/completion/fish.ts';
import { completedCommands } from '../../../scripts/cli/completion/model.ts';
import { zshCompletion } from '../../../scripts/cli/completion/zsh.ts';
import { createProgram } from '../../../scripts/cli/program.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { temporaryFolder } from '../../support/host/test-host.ts';

const context = {
  open: () => {
    throw new Error('no command is run');
  },
};
const commands = completedCommands(await createProgram(context, ''));

/** A folder with the script, a cluster file and a folder; what `shell` prints there. */
function inShell(shell: string, script: string, program: (file: string) => string[]): string[] {
  const folder = temporaryFolder();
  const file = path.join(folder, '.completion');
  writeFileSync(file, script);
  writeFileSync(path.join(folder, 'site one.yaml'), '');
  mkdirSync(path.join(folder, 'site-two'));
  const out = execFileSync(shell, program(file), {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, TERM: 'xterm' },
    timeout: 60_000,
  });
  return out.split(/\r?\n/).filter((line) => line !== '');
}

/** The line to complete, and what must be offered; what must not be. */
const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['vipiso bu', ['build'], ['boot']],
  ['vipiso build --fro', ['--frozen'], ['--offline']],
  ['vipiso build --engine ', ['native', 'mkimage'], ['build', '--engine']],
  ['vipiso check --frozen --branc', ['--branch'], []],
  ['vipiso key n', ['new'], []],
  ['vipiso completion ', ['bash', 'zsh', 'fish'], []],
  ['vipiso build site', ['site one.yaml', 'site-two'], []],
  ['vipiso build --out site', ['site-two'], ['site one.yaml']],
];

function expectOffer(
  offered: readonly string[],
  wanted: readonly string[],
  not: readonly string[],
) {
  const plain = offered.map((line) => line.replaceAll('\\', '').replace(/\/$/, '').trim());
  for (const each of wanted) expect(plain).toContain(each);
  for (const each of not) expect(plain).not.toContain(each);
}

describe.runIf(requireTools('bash'))('bash', () => {
  test.each(CASES)('%s', (line, wanted, not) => {
    const words = line.split(' ');
    const offered = inShell('bash', bashCompletion(commands), (file) => [
      ...['--norc', '-c'],
      `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _vipiso; printf '%s\\n' "\${COMPREPLY[@]}"`,
      ...['bash', file, ...words],
    ]);
    expectOffer(offered, wanted, not);
  });
});

describe.runIf(requireTools('fish'))('fish', () => {
  test.each(CASES)('%s', (line, wanted, not) => {
    const offered = inShell('fish', fishCompletion(commands), (file) => [
      ...['--no-config', '-c'],
      'source $argv[1]; complete -C $argv[2]',
      ...[file, line],
    ]);
    expectOffer(
      offered.map((it) => it.split('\t')[0] ?? ''),
      wanted,
      not,
    );
  });
});

describe.runIf(requireTools('zsh'))('zsh', () => {
  // An interactive zsh on a terminal of its own: widgets complete nowhere else. `compadd -O` tells what they offer.
  // One for all lines: it takes seconds to start.
  const program = (file: string, lines: readonly string[]): string => `
zmodload zsh/zpty
zpty -b shell zsh -f -i
zpty -w shell 'PS1=; autoload -Uz compinit; compinit -u -d ${file}.dump; source ${file}; compadd() { local -a found; builtin compadd -O found "$@"; (( $#found )) && print -rl -- "offer:"$^found >> ${file}.offers; builtin compadd "$@" }; : > ${file}.ready'
repeat 600 { sleep 0.05; [[ -e ${file}.ready ]] && break }
complete() {
  : > ${file}.offers
  zpty -w -n shell "$1"$'\t'
  repeat 600 { sleep 0.05; [[ -s ${file}.offers ]] && break }
  sleep 0.2
  print -r -- "line:$1"
  cat ${file}.offers
  # Control-U: an empty line again.
  zpty -w -n shell $'\x15'
  sleep 0.1
}
${lines.map((line) => `complete '${line}'`).join('\n')}
zpty -d shell
`;

  test('offers what it should on each line', () => {
    const lines = CASES.map(([line]) => line);
    const said = inShell('zsh', zshCompletion(commands), (file) => [
      ...['-f', '-c'],
      program(file, lines),
    ]);
    for (const [line, wanted, not] of CASES) {
      const from = said.indexOf(`line:${line}`) + 1;
      expect(from, line).toBeGreaterThan(0);
      const next = said.findIndex((it, at) => at >= from && it.startsWith('line:'));
      const offered = said.slice(from, next === -1 ? undefined : next);
      expectOffer(
        offered.filter((it) => it.startsWith('offer:')).map((it) => it.slice('offer:'.length)),
        wanted,
        not,
      );
    }
  });
});
