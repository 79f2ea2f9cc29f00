import { Command } from 'commander';
import type { CliContext, Session } from '../context.ts';

interface CheckFlags {
  readonly daemons: boolean;
  readonly branch?: string;
  readonly json?: boolean;
  readonly explain?: string;
  readonly explore?: boolean;
  readonly depth: string;
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
    .option('--no-daemons', "do not let the images' own daemons test their configuration")
    .option(
      '--explain <code>',
      'what a code means, whom it affected, how to fix it; checks no file',
    )
    .option(
      '--explore',
      'try all orders of faults and repairs in a model of keepalived, before anything boots',
    )
    .option('--depth <faults>', 'how many faults and repairs --explore tries in a row', '4')
    .option('--json', 'events and results as JSON lines')
    .action(async (files: string[], options: CheckFlags) => {
      const opened = context.open(options);
      const { host, print, result } = opened;
      if (options.explain !== undefined) {
        const { explainCode } = await import('../../workflows/check/explain.ts');
        const lines = explainCode(options.explain);
        result('explain', { code: options.explain, lines });
        print(lines.join('\n'));
        return;
      }
      if (options.explore === true) {
        const { exploreFiles } = await import('../../workflows/check/explore.ts');
        const depth = Number(options.depth);
        const explored = await exploreFiles(host, { files, depth });
        for (const file of explored.files) result('explore', { ...file });
        print(explored.text.join('\n'));
        if (explored.error !== undefined) throw explored.error;
        return;
      }
      if (options.branch !== undefined) {
        await showOutlook(opened, files, options.branch);
        return;
      }
      const { checkClusters } = await import('../../workflows/check/check.ts');
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
