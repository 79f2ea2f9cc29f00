import { CommanderError } from 'commander';
import { describe, expect, test, vi } from 'vitest';
import type { CliContext } from '../../../scripts/cli/context.ts';
import { createProgram } from '../../../scripts/cli/program.ts';

const context: CliContext = {
  open: () => {
    throw new Error('a wrong command line opens nothing');
  },
};

describe('a wrong command line', () => {
  test.each([
    ['a value that is not a choice', ['build', '--engine', 'foo']],
    ['a flag that is not there', ['lock', '--nope']],
    ['a missing flag', ['eject']],
    ['a command below a command', ['key', 'nwe']],
    ['an unknown command', ['biuld']],
  ])('is told to the caller, which ends with the code for it: %s', async (_what, words) => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      const program = await createProgram(context, '0', words[0]);
      await expect(program.parseAsync(words, { from: 'user' })).rejects.toBeInstanceOf(
        CommanderError,
      );
    } finally {
      written.mockRestore();
    }
  });
});
