import { lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import { absolutePath } from '../../references.ts';
import type { Rule } from '../rule.ts';
import { secretsOf } from '../secrets.ts';

/** Others may read or write, the group may write. */
const OPEN = 0o026;

/** Secret files that are open to more than their owner. */
export const secretModes: Rule = (input) =>
  secretsOf(input).flatMap(({ secret, path }): readonly LintFinding[] => {
    if (typeof secret === 'string' || !('file' in secret)) return [];
    const { reader } = input.context;
    const file = absolutePath(input.context, secret.file);
    const found = reader.readTextFile(file).ok ? reader.fileMode?.(file) : undefined;
    const mode = found?.ok === true ? found.mode : undefined;
    if (mode === undefined || (mode & OPEN) === 0) return [];
    const who = (mode & 0o006) === 0 ? 'its group can change' : whatOthersCan(mode);
    const message = `${secret.file} has the mode ${mode.toString(8).padStart(4, '0')}: ${who} the secret`;
    return [lintWarning('secret-mode', [...path, 'file'], message, `chmod 600 ${secret.file}`)];
  });

function whatOthersCan(mode: number): string {
  return (mode & 0o002) === 0
    ? 'every account of this machine can read'
    : 'every account of this machine can change';
}
