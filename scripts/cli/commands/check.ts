import { Command } from 'commander';
import type { CliContext } from '../context.ts';

export function checkCommand(context: CliContext): Command {
  return new Command('check')
    .description('check cluster files: every problem at once, and what fail-over times to expect')
    .argument('[files...]', 'cluster files; several are also checked against each other', [
      'cluster.yaml',
    ])
    .option('--no-daemons', "do not ask the images' own daemons whether they accept their files")
    .option('--json', 'events and results as JSON lines')
    .action(async (files: string[], options: { daemons: boolean; json?: boolean }) => {
      const { host, print, result, colour } = context.open(options);
      const { checkClusters } = await import('../../workflows/check.ts');
      const checked = await checkClusters(host, files, { colour, noDaemons: !options.daemons });
      for (const file of checked.files) result('check', { ...file });
      print(checked.text.join('\n'));
      if (checked.error !== undefined) throw checked.error;
    });
}
