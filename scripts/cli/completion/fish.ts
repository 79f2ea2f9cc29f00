import type { CompletedCommand, Expected } from './model.ts';

/** Script for fish's completions (complete(1) of fish): one line for each command and flag. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap((command) => linesOf(command));
  return `# vipiso completion for fish: vipiso completion fish | source
complete -c vipiso -f
${lines.join('\n')}
`;
}

function linesOf({ words, flags, commands, argument }: CompletedCommand): string[] {
  const below = commands.map(({ name }) => name).join(' ');
  const inside = words.map((word) => `__fish_seen_subcommand_from ${word}`);
  const outside = below === '' ? [] : [`not __fish_seen_subcommand_from ${below}`];
  const condition = [...inside, ...outside].join('; and ');
  const start = `complete -c vipiso${condition === '' ? '' : ` -n '${condition}'`}`;
  return [
    ...commands.map(({ name, description }) => `${start} -a ${name} -d ${quoted(description)}`),
    ...(commands.length === 0 && argument.kind !== 'none' ? [`${start}${valueOf(argument)}`] : []),
    ...flags.map(({ short, long, description, value }) =>
      [
        start,
        ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
        `-l ${long.replace(/^--/, '')}`,
        `-d ${quoted(description)}${value.kind === 'none' ? '' : ` -r${valueOf(value)}`}`,
      ].join(' '),
    ),
  ];
}

function valueOf(expected: Expected): string {
  switch (expected.kind) {
    case 'choices':
      return ` -f -a '${expected.choices.join(' ')}'`;
    case 'files':
      return ' -F';
    case 'folders':
      return " -f -a '(__fish_complete_directories)'";
    case 'none':
    case 'text':
      return ' -f';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
