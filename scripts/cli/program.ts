import { Command } from 'commander';
import { bootCommand } from './commands/boot.ts';
import { buildCommand } from './commands/build.ts';
import { cacheCommand } from './commands/cache.ts';
import { checkCommand } from './commands/check.ts';
import { compareCommand } from './commands/compare.ts';
import { doctorCommand } from './commands/doctor.ts';
import { ejectCommand } from './commands/eject.ts';
import { fetchCommand } from './commands/fetch.ts';
import { initCommand } from './commands/init.ts';
import { keyCommand } from './commands/key.ts';
import { kitCommand } from './commands/kit.ts';
import { lockCommand } from './commands/lock.ts';
import { proveCommand } from './commands/prove.ts';
import { renderCommand } from './commands/render.ts';
import { schemaCommand } from './commands/schema.ts';
import { solveCommand } from './commands/solve.ts';
import { updateCommand } from './commands/update.ts';
import type { CliContext } from './context.ts';

const EXIT_CODES_HELP = `
Exit codes:
  0 done · 1 a bug in vipiso · 2 usage or cluster file · 3 packages cannot be chosen, or stale lock
  4 verification failed · 5 tool, network or disk · 6 boot proof failed · 130 interrupted`;

/** In the order in which a user meets them. */
const COMMANDS = [
  initCommand,
  checkCommand,
  renderCommand,
  lockCommand,
  fetchCommand,
  updateCommand,
  kitCommand,
  buildCommand,
  bootCommand,
  proveCommand,
  ejectCommand,
  compareCommand,
  solveCommand,
  keyCommand,
  cacheCommand,
  doctorCommand,
  schemaCommand,
];

/** The command tree. Commands load their workflow when they run, so that starting up stays cheap. */
export function createProgram(context: CliContext, version: string): Command {
  const program = new Command('vipiso')
    .description('One cluster.yaml in, a matched pair of bootable load-balancer ISOs out.')
    .version(version)
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(vipiso --help lists the commands)')
    .addHelpText('after', EXIT_CODES_HELP);
  for (const command of COMMANDS) program.addCommand(command(context));
  handOn(program);
  return program;
}

/** A command that is made by itself would end the process, with its own exit code, on a wrong flag. */
function handOn(parent: Command): void {
  for (const command of parent.commands) handOn(command.copyInheritedSettings(parent));
}
