import { Argument, Command } from 'commander';
import type { CliContext } from '../context.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

const HELP = `
  bash  eval "$(vipiso completion bash)"        in ~/.bashrc
  zsh   eval "$(vipiso completion zsh)"         in ~/.zshrc, behind compinit
  fish  vipiso completion fish | source         in ~/.config/fish/config.fish`;

export function completionCommand(context: CliContext): Command {
  return new Command('completion')
    .description('print the script that completes commands, flags and their values in a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', HELP)
    .action(async (shell: (typeof SHELLS)[number]) => {
      const { createProgram } = await import('../program.ts');
      const { completedCommands } = await import('../completion/model.ts');
      const commands = completedCommands(await createProgram(context, ''));
      context.open({ quiet: true }).print((await scriptFor(shell))(commands).trimEnd());
    });
}

async function scriptFor(shell: (typeof SHELLS)[number]) {
  switch (shell) {
    case 'bash':
      return (await import('../completion/bash.ts')).bashCompletion;
    case 'zsh':
      return (await import('../completion/zsh.ts')).zshCompletion;
    case 'fish':
      return (await import('../completion/fish.ts')).fishCompletion;
  }
}
