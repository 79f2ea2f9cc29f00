import type { CompletedCommand, CompletedFlag, Expected } from './model.ts';

/** Script for zsh's completion system (zshcompsys(1)): a function for each command, with `_arguments`. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  return `#compdef vipiso
# vipiso completion for zsh: eval "$(vipiso completion zsh)", or save it as _vipiso in a folder of fpath
${commands.map(functionOf).join('\n')}
if [[ $funcstack[1] == _vipiso ]]; then _vipiso "$@"; else compdef _vipiso vipiso; fi
`;
}

function functionOf({ words, flags, commands, argument }: CompletedCommand): string {
  const specs = flags.map(specOf);
  const name = nameOf(words);
  if (commands.length === 0) {
    return `${name}() {\n  _arguments -s ${[...specs, `'*:argument:${actionOf(argument)}'`].join(' \\\n    ')}\n}`;
  }
  const list = commands.map((it) => `'${quoted(`${it.name}:${it.description}`)}'`);
  return `${name}() {
  local state line context
  local -a commands=(${list.join(' ')})
  _arguments -C ${[...specs, "'1:command:->command'", "'*::argument:->argument'"].join(' \\\n    ')}
  case $state in
    command) _describe command commands ;;
    argument) (( $+functions[${name}_$line[1]] )) && ${name}_$line[1] ;;
  esac
}`;
}

function specOf({ short, long, description, value }: CompletedFlag): string {
  const text = `[${quoted(description.replace(/[[\]:\\]/g, ' '))}]`;
  const action = value.kind === 'none' ? '' : `:value:${actionOf(value)}`;
  if (short === undefined) return `'*${long}${text}${action}'`;
  return `'*'{${short},${long}}'${text}${action}'`;
}

function actionOf(expected: Expected): string {
  switch (expected.kind) {
    case 'choices':
      return `(${expected.choices.join(' ')})`;
    case 'files':
      return '_files';
    case 'folders':
      return '_files -/';
    case 'none':
    case 'text':
      return ' ';
  }
}

function nameOf(words: readonly string[]): string {
  return ['_vipiso', ...words].join('_');
}

function quoted(text: string): string {
  return text.replaceAll("'", "'\\''");
}
