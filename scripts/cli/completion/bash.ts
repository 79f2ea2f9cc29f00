import type { CompletedCommand, Expected } from './model.ts';

/** Script for bash's programmable completion (bash(1), "Programmable Completion"); it needs no bash-completion package. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  return `# vipiso completion for bash: eval "$(vipiso completion bash)"
_vipiso() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" path='' word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$path $word" in
${commands
  .filter(({ words }) => words.length > 0)
  .map(({ words }) => `      '${['', ...words].join(' ')}') path="$path $word" ;;`)
  .join('\n')}
    esac
  done
  case "$path:$before" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case "$path" in
${commands.map(commandCase).join('\n')}
  esac
}
complete -o filenames -F _vipiso vipiso
`;
}

function valueCases({ words, flags }: CompletedCommand): string[] {
  const path = ['', ...words].join(' ');
  return flags
    .filter(({ value }) => value.kind !== 'none')
    .map(({ short, long, value }) => {
      const names = [long, ...(short === undefined ? [] : [short])];
      const patterns = names.map((name) => `'${path}:${name}'`).join(' | ');
      return `    ${patterns}) ${offer(value)}; return ;;`;
    });
}

function commandCase({ words, flags, commands, argument }: CompletedCommand): string {
  const names = flags.flatMap(({ short, long }) => [long, ...(short === undefined ? [] : [short])]);
  const plain: Expected =
    commands.length > 0 ? { kind: 'choices', choices: commands.map(({ name }) => name) } : argument;
  return `    '${['', ...words].join(' ').trimEnd()}')
      if [[ $current == -* ]]; then ${offer({ kind: 'choices', choices: names })}
      else ${offer(plain)}
      fi ;;`;
}

/** Names with blanks stay whole: completions are read line by line. */
function offer(expected: Expected): string {
  switch (expected.kind) {
    case 'choices':
      return `mapfile -t COMPREPLY < <(compgen -W '${expected.choices.join(' ')}' -- "$current")`;
    case 'files':
      return 'mapfile -t COMPREPLY < <(compgen -f -- "$current")';
    case 'folders':
      return 'mapfile -t COMPREPLY < <(compgen -d -- "$current")';
    case 'none':
    case 'text':
      return ':';
  }
}
