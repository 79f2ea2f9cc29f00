import { Command } from 'commander';
import type { CliContext } from './context.ts';

const EXIT_CODES_HELP = `
Exit codes:
  0 done · 1 a bug in vipiso · 2 usage or cluster file · 3 packages cannot be chosen, or stale lock
  4 verification failed · 5 tool, network or disk · 6 boot proof failed
  7 what was compared differs (diff, reproduce) · 130 interrupted`;

type MakeCommand = (context: CliContext) => Command;

/** In the order in which a user meets them. */
const COMMANDS: ReadonlyMap<string, () => Promise<MakeCommand>> = new Map([
  ['init', async () => (await import('./commands/init.ts')).initCommand],
  ['check', async () => (await import('./commands/check.ts')).checkCommand],
  ['render', async () => (await import('./commands/render.ts')).renderCommand],
  ['lock', async () => (await import('./commands/lock.ts')).lockCommand],
  ['fetch', async () => (await import('./commands/fetch.ts')).fetchCommand],
  ['update', async () => (await import('./commands/update.ts')).updateCommand],
  ['kit', async () => (await import('./commands/kit.ts')).kitCommand],
  ['build', async () => (await import('./commands/build.ts')).buildCommand],
  ['release', async () => (await import('./commands/release.ts')).releaseCommand],
  ['verify', async () => (await import('./commands/verify.ts')).verifyCommand],
  ['inspect', async () => (await import('./commands/inspect.ts')).inspectCommand],
  ['diff', async () => (await import('./commands/diff.ts')).diffCommand],
  ['reproduce', async () => (await import('./commands/reproduce.ts')).reproduceCommand],
  ['boot', async () => (await import('./commands/boot.ts')).bootCommand],
  ['prove', async () => (await import('./commands/prove.ts')).proveCommand],
  ['rollout', async () => (await import('./commands/rollout.ts')).rolloutCommand],
  ['eject', async () => (await import('./commands/eject.ts')).ejectCommand],
  ['solve', async () => (await import('./commands/solve.ts')).solveCommand],
  ['key', async () => (await import('./commands/key.ts')).keyCommand],
  ['cache', async () => (await import('./commands/cache.ts')).cacheCommand],
  ['doctor', async () => (await import('./commands/doctor.ts')).doctorCommand],
  ['completion', async () => (await import('./commands/completion.ts')).completionCommand],
  ['schema', async () => (await import('./commands/schema.ts')).schemaCommand],
]);

/**
 * The command tree. Commands load their workflow when they run, so that starting up stays cheap.
 *
 * @param wanted First word of the command line: where it is a command, the others are not even loaded.
 */
export async function createProgram(
  context: CliContext,
  version: string,
  wanted = '',
): Promise<Command> {
  const program = new Command('vipiso')
    .description('One cluster.yaml in, a matched pair of bootable load-balancer ISOs out.')
    .version(version)
    // A command’s own --version is not the program’s.
    .enablePositionalOptions()
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(vipiso --help lists the commands)')
    .addHelpText('after', EXIT_CODES_HELP);
  const one = COMMANDS.get(wanted);
  const all = one === undefined ? [...COMMANDS.values()] : [one];
  for (const command of await Promise.all(all.map((load) => load()))) {
    program.addCommand(command(context));
  }
  handOn(program);
  return program;
}

/** A command that is made by itself would end the process, with its own exit code, on a wrong flag. */
function handOn(parent: Command): void {
  for (const command of parent.commands) handOn(command.copyInheritedSettings(parent));
}
