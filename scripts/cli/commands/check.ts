import { Command } from 'commander';
import type { CliContext, Session } from '../context.ts';

interface CheckFlags {
  readonly daemons: boolean;
  readonly branch?: string;
  readonly json?: boolean;
  readonly explain?: string;
}

export function checkCommand(context: CliContext): Command {
  return new Command('check')
    .description('check cluster files: every problem at once, and what fail-over times to expect')
    .argument('[files...]', 'cluster files; several are also checked against each other', [
      'cluster.yaml',
    ])
    .option(
      '--branch <branch>',
      'what the files would mean on this branch of Alpine: findings, daemons, rendered lines',
    )
    .option('--no-daemons', "do not ask the images' own daemons whether they accept their files")
    .option(
      '--explain <code>',
      'what a code means, whom it bit, how to set it right; checks no file',
    )
    .option('--json', 'events and results as JSON lines')
    .action(async (files: string[], options: CheckFlags) => {
      const opened = context.open(options);
      const { host, print, result } = opened;
      if (options.explain !== undefined) {
        const { explainCode } = await import('../../workflows/check-explain.ts');
        const lines = explainCode(options.explain);
        result('explain', { code: options.explain, lines });
        print(lines.join('\n'));
        return;
      }
      if (options.branch !== undefined) {
        await showOutlook(opened, files, options.branch);
        return;
      }
      const { checkClusters } = await import('../../workflows/check.ts');
      const checked = await checkClusters(host, files, { noDaemons: !options.daemons });
      for (const file of checked.files) result('check', { ...file });
      print(checked.text.join('\n'));
      if (checked.error !== undefined) throw checked.error;
    });
}

async function showOutlook(
  { host, print, result }: Session,
  files: readonly string[],
  branch: string,
): Promise<void> {
  const { checkBranch } = await import('../../overlay/outlook/outlook.ts');
  const { formatOutlook } = await import('../../overlay/outlook/text.ts');
  const { outlooks, error } = await checkBranch(host, files, branch);
  for (const outlook of outlooks) result('check-branch', { ...outlook });
  print(
    outlooks
      .flatMap((outlook) => ['', ...formatOutlook(outlook)])
      .slice(1)
      .join('\n'),
  );
  if (error !== undefined) throw error;
}
