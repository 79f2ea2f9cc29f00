import { lintError } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import { absolutePath } from '../../references.ts';
import { authorizedKeys, keyEntries } from '../../resolve/authorized-keys.ts';
import { sshKeyProblem } from '../../ssh/authorized-key.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { holdsPrivateKey } from '../../values/certificates.ts';

/** Keys that open nothing: on a node whose system cannot be changed nobody would get in. */
export const sshKeys: Rule = (input) => [...unreadable(input), ...broken(input)];

function unreadable({ file, context }: RuleInput): readonly LintFinding[] {
  return keyEntries(file.access?.ssh_authorized_keys).flatMap(({ entry, path }) => {
    if (typeof entry === 'string') return [];
    const result = context.reader.readTextFile(absolutePath(context, entry.file));
    const at = [...path, 'file'];
    if (!result.ok) {
      const message = `the keys cannot be read from ${entry.file}: ${result.reason}`;
      return [{ ...lintError('reference', at, message), fatal: true }];
    }
    if (holdsPrivateKey(result.text)) {
      const message = `${entry.file} holds a private key, which belongs to its owner alone`;
      const hint = 'Name the public half, which ends in .pub.';
      return [{ ...lintError('ssh-key', at, message, hint), fatal: true }];
    }
    if (/^\s*[^#\s]/m.test(result.text)) return [];
    return [lintError('ssh-key', at, `${entry.file} holds no key`)];
  });
}

function broken({ file, context }: RuleInput): readonly LintFinding[] {
  return authorizedKeys(file.access?.ssh_authorized_keys, context).flatMap(
    ({ line, path, source }) => {
      const problem = sshKeyProblem(line);
      if (problem === undefined) return [];
      const where =
        source === undefined ? 'this key lets nobody in' : `the key in ${source} lets nobody in`;
      const hint =
        'Copy the whole line of the .pub file again; ssh-keygen -l -f FILE tells whether it is whole.';
      return [lintError('ssh-key', path, `${where}: ${problem}`, hint)];
    },
  );
}
