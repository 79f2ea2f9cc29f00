import { Command, Option } from 'commander';
import type { ApkGeneration } from '../../apk/generation.ts';
import type { ChosenPackage } from '../../apk/solver/model.ts';
import type { CliContext } from '../context.ts';
import { addRepositoryOptions, sourceFlagsOf } from '../repository-options.ts';
import type { RepositoryOptions } from '../repository-options.ts';

interface SolveFlags extends RepositoryOptions {
  readonly arch: string;
  readonly branch?: string;
  readonly apk?: ApkGeneration;
  readonly json?: boolean;
}

export function solveCommand(context: CliContext): Command {
  return addRepositoryOptions(
    new Command('solve')
      .description(
        'show what apk would install for a request into an empty root, in order, and why',
      )
      .argument(
        '<request...>',
        'packages in apk’s notation: haproxy, "keepalived>=2.3", so:libssl.so.3, !name',
      ),
  )
    .option('--arch <arch>', 'architecture, as Alpine names it', 'x86_64')
    .option('--branch <branch>', 'branch of Alpine’s mirror, where no --repository is given')
    .addOption(
      new Option(
        '--apk <generation>',
        'choose as apk-tools 2.14 or 3 would, instead of as the apk of the branch or repositories',
      ).choices(['2', '3']),
    )
    .option(
      '--json',
      'print one JSON document: {"apk": "3", "packages": [{"name", "version", ...}]}',
    )
    .action(async (request: string[], flags: SolveFlags) => {
      // One document, not a stream of events: progress stays silent.
      const { host, print } = context.open({ quiet: flags.json });
      const { formatWhy, solveRequest } = await import('../../workflows/solve.ts');
      const { apk, packages } = await solveRequest(host, {
        request,
        arch: flags.arch,
        apk: flags.apk,
        branch: flags.branch,
        sources: await sourceFlagsOf(host, flags),
      });
      const because = (it: ChosenPackage): string[] => it.why.map(formatWhy);
      print(flags.json === true ? documentOf(apk, packages, because) : listOf(packages, because));
    });
}

type Because = (chosen: ChosenPackage) => string[];

function documentOf(
  apk: ApkGeneration,
  packages: readonly ChosenPackage[],
  because: Because,
): string {
  const entries = packages.map((it) => {
    const { name, version, arch, size, installedSize, checksum, origin } = it.record;
    const { repository } = it;
    const facts = { arch, repository, size, installedSize, checksum, origin };
    return { name, version, ...facts, why: because(it) };
  });
  return JSON.stringify({ apk, packages: entries }, undefined, 2);
}

function listOf(packages: readonly ChosenPackage[], because: Because): string {
  const names = packages.map(({ record }) => `${record.name}-${record.version}`);
  const width = Math.max(0, ...names.map(({ length }) => length));
  return packages
    .map((it, index) => `${(names[index] ?? '').padEnd(width)}  ${because(it).join('; ')}`)
    .join('\n');
}
