import type { Command, Option } from 'commander';

/** What follows a word of the command line. */
export type Expected =
  | { readonly kind: 'none' }
  | { readonly kind: 'choices'; readonly choices: readonly string[] }
  | { readonly kind: 'files' }
  | { readonly kind: 'folders' }
  /** Anything: a name, a URL, a version. */
  | { readonly kind: 'text' };

export interface CompletedFlag {
  /** `-o`, where it has one. */
  readonly short: string | undefined;
  readonly long: string;
  readonly description: string;
  /** What its value is; `none` = it takes no value. */
  readonly value: Expected;
}

export interface CompletedCommand {
  /** Words that lead to it: `key new`; the program itself has none. */
  readonly words: readonly string[];
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly flags: readonly CompletedFlag[];
  /** What stands in it without a flag. */
  readonly argument: Expected;
}

/** The command tree as completion needs it: every command, the program itself first. */
export function completedCommands(
  command: Command,
  words: readonly string[] = [],
): readonly CompletedCommand[] {
  const own: CompletedCommand = {
    words,
    commands: command.commands.map((it) => ({
      name: it.name(),
      description: firstLine(it.description()),
    })),
    flags: [
      ...command.options.filter((it) => !it.hidden).map(flagOf),
      { short: '-h', long: '--help', description: 'what it does', value: { kind: 'none' } },
    ],
    argument: argumentOf(command),
  };
  const inner = command.commands.flatMap((it) => completedCommands(it, [...words, it.name()]));
  return [own, ...inner];
}

function flagOf({ short, long, flags, description, argChoices, ...rest }: Option): CompletedFlag {
  const takesValue = rest.required || rest.optional;
  return {
    short,
    long: long ?? flags,
    description: firstLine(description),
    value: takesValue ? valueOf(flags, argChoices) : { kind: 'none' },
  };
}

function argumentOf({ registeredArguments }: Command): Expected {
  const [first] = registeredArguments;
  if (first === undefined) return { kind: 'none' };
  return valueOf(`<${first.name()}>`, first.argChoices);
}

/** By the name of the value, as the help shows it: `<dir>`, `<file>`. */
function valueOf(flags: string, choices: readonly string[] | undefined): Expected {
  if (choices !== undefined) return { kind: 'choices', choices };
  const name = /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1] ?? '';
  if (/^dir\b/.test(name)) return { kind: 'folders' };
  return /\b(file|files|kit|what|a|b|image|proof)\b|^dir|path|archive|json/.test(name)
    ? { kind: 'files' }
    : { kind: 'text' };
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
