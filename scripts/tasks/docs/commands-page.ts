import type { Command } from 'commander';
import type { CliContext } from '../../cli/context.ts';
import { createProgram } from '../../cli/program.ts';

/** Commands are listed, never run. */
const NO_SESSION: CliContext = {
  open: () => {
    throw new Error('The page of commands runs none of them.');
  },
};
const COLUMNS = 96;

/** Every command with the help that it prints itself. */
export async function commandsPage(): Promise<string> {
  const program = await createProgram(NO_SESSION, '');
  return [
    '# Commands',
    'What `vipiso COMMAND --help` prints. Exit codes are those of the [README](../../README.md#when-something-is-wrong).',
    ...program.commands.flatMap((command) => sectionsOf(command, '')),
  ].join('\n\n');
}

function sectionsOf(command: Command, parent: string): string[] {
  const name = `${parent}${command.name()}`;
  command.configureHelp({ helpWidth: COLUMNS });
  return [
    `## vipiso ${name}`,
    ['```text', command.helpInformation().trimEnd(), '```'].join('\n'),
    ...command.commands.flatMap((child) => sectionsOf(child, `${name} `)),
  ];
}
