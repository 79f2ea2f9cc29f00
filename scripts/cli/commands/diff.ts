import { Command, Option } from 'commander';
import type { CliContext } from '../context.ts';

interface DiffOptions {
  readonly bytes?: boolean;
  readonly format: 'text' | 'markdown';
  readonly json?: boolean;
}

export function diffCommand(context: CliContext): Command {
  return new Command('diff')
    .description(
      'what one release or image changes against another: packages, CVEs, configuration, services, sizes, fail-over times',
    )
    .argument('<a>', 'release folder, image, or folder of images: the older')
    .argument('<b>', 'the newer')
    .option('--bytes', 'compare images down to the files inside of everything they are packed from')
    .addOption(
      new Option('--format <name>', 'how it is written')
        .choices(['text', 'markdown'])
        .default('text'),
    )
    .option('--json', 'events and results as JSON lines')
    .addHelpText('after', '\nExit code 0: nothing differs; 7: something does.')
    .action(async (a: string, b: string, options: DiffOptions) => {
      const { host, print, result, endWith } = context.open(options);
      const { diffBytes, diffReleases } = await import('../../workflows/diff.ts');
      if (options.bytes === true) {
        const { images, equal, text } = await diffBytes(host, a, b);
        result('diff-bytes', { images, equal });
        print(text.join('\n'));
        if (!equal) endWith('changed');
        return;
      }
      const diff = await diffReleases(host, a, b);
      result('diff', { ...diff });
      const { diffDocument, diffText } = await import('../../release/diff/text.ts');
      print(
        options.format === 'markdown' ? diffDocument(diff).trimEnd() : diffText(diff).join('\n'),
      );
      if (diff.changed) endWith('changed');
    });
}
