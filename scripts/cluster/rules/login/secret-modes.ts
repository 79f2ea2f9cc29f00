import type { Finding } from '../../finding.ts';
import { lintWarning } from '../../finding.ts';
import { absolutePath } from '../../references.ts';
import type { Rule } from '../rule.ts';
import { secretsOf } from '../secrets.ts';

/** Others may read or write, the group may write. */
const OPEN = 0o026;

/** Secret files that are open to more than their owner. */
export const secretModes: Rule = (input) =>
  secretsOf(input).flatMap(({ secret, path }): readonly Finding[] => {
    if (typeof secret === 'string' || !('file' in secret)) return [];
    const result = input.context.reader.readTextFile(absolutePath(input.context, secret.file));
    if (!result.ok || result.mode === undefined || (result.mode & OPEN) === 0) return [];
    const who = (result.mode & 0o006) === 0 ? 'its group can change' : whatOthersCan(result.mode);
    const message = `${secret.file} has the mode ${(result.mode & 0o777).toString(8).padStart(4, '0')}: ${who} the secret`;
    return [lintWarning('secret-mode', [...path, 'file'], message, `chmod 600 ${secret.file}`)];
  });

function whatOthersCan(mode: number): string {
  return (mode & 0o002) === 0
    ? 'every account of this machine can read'
    : 'every account of this machine can change';
}
