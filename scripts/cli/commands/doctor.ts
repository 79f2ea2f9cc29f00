import { Command } from 'commander';
import { VipisoError } from '../../core/errors.ts';
import type { CliContext } from '../context.ts';

interface DoctorFlags {
  readonly json?: boolean;
}

export function doctorCommand(context: CliContext): Command {
  return new Command('doctor')
    .description('report what this machine has and lacks for building and proving images')
    .option('--json', 'events and results as JSON lines')
    .action(async (flags: DoctorFlags) => {
      const { host, print, result } = context.open(flags);
      const { examineHost, formatExamination } = await import('../../workflows/doctor.ts');
      const examination = await examineHost(host);
      result('doctor', { ...examination });
      print(formatExamination(examination).join('\n'));
      if (examination.canBuild) return;
      throw new VipisoError('tool-missing', 'this machine lacks what building needs', {
        hint: examination.install[0] ?? 'Fix what is marked NO above.',
      });
    });
}
