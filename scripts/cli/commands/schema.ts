import { Argument, Command } from 'commander';
import type { CliContext } from '../context.ts';

const FILES = ['cluster', 'manifest', 'release', 'proof'] as const;

export function schemaCommand(context: CliContext): Command {
  return new Command('schema')
    .description(
      'print the JSON Schema of the cluster file, for editors, of a build’s or a release’s manifest.json, or of proof.json',
    )
    .addArgument(new Argument('[file]', 'which file').choices(FILES).default('cluster'))
    .action(async (file: (typeof FILES)[number]) => {
      const { schemaText } = await import('../../workflows/schema.ts');
      context.open({}).print(schemaText(file).trimEnd());
    });
}
