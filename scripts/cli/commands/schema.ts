import { Command } from 'commander';
import type { CliContext } from '../context.ts';

export function schemaCommand(context: CliContext): Command {
  return new Command('schema')
    .description('print the JSON Schema of the cluster file, for editors')
    .action(async () => {
      const { schemaText } = await import('../../workflows/schema.ts');
      context.open({}).print(schemaText().trimEnd());
    });
}
