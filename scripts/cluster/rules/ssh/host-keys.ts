import { lintError, lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import { readSecret, sourceOf } from '../../secrets/secret.ts';
import { readHostKey } from '../../ssh/private-key.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import type { Rule, RuleInput } from '../rule.ts';

const HOST_KEYS = ['access', 'ssh', 'host_keys'];
/** Below, OpenSSH's clients refuse a key of RSA (RequiredRSASize), or are told to by most guides. */
const LEAST_RSA_BITS = 2048;

/** Host keys that sshd could not use, or that belong to no node, or to two. */
export const hostKeys: Rule = (input) => [
  ...unexpected(input),
  ...keyFindings(input),
  ...forgotten(input),
];

function unexpected({ file, cluster }: RuleInput): readonly LintFinding[] {
  const names = cluster.nodes.map(({ hostname }) => hostname);
  return (['host_keys', 'host_certificates'] as const).flatMap((key) =>
    Object.keys(file.access?.ssh?.[key] ?? {})
      .filter((name) => !names.includes(name))
      .map((name) => {
        const path = ['access', 'ssh', key, name];
        const hint = `The nodes are ${names.join(', ')}.`;
        return { ...fatal(path, `there is no node ${name}`, hint), atKey: true };
      }),
  );
}

function keyFindings({ file, context }: RuleInput): readonly LintFinding[] {
  const owners = new Map<string, string>();
  return Object.entries(file.access?.ssh?.host_keys ?? {}).flatMap(([hostname, written]) =>
    [written].flat().flatMap((secret, index): readonly LintFinding[] => {
      const place = [...HOST_KEYS, hostname];
      const path = Array.isArray(written) ? [...place, index] : place;
      const read = readSecret(secret, context);
      const source = `the ${sourceOf(secret)}`;
      if (!read.ok) {
        const message = `the host key of ${hostname} cannot be read from ${source}: ${read.reason}`;
        const hint = 'Make it with: vipiso key new --ssh-host';
        return [{ ...lintError('secret-missing', path, message, hint), fatal: true }];
      }
      const key = readHostKey(read.text);
      if (!key.ok)
        return [fatal(path, `sshd cannot use the host key in ${source}: ${key.reason}`, key.hint)];
      const identity = key.publicBlob.toString('base64');
      const owner = owners.get(identity);
      owners.set(identity, hostname);
      if (owner !== undefined) {
        const message = `the host key of ${hostname} is also that of ${owner}`;
        return [lintWarning('host-keys', path, message, 'Give each node a key of its own.')];
      }
      if ((key.rsaBits ?? LEAST_RSA_BITS) >= LEAST_RSA_BITS) return [];
      const message = `the host key of ${hostname} has ${key.rsaBits} bits: clients refuse it`;
      return [fatal(path, message, 'Make one with: vipiso key new --ssh-host')];
    }),
  );
}

/** Some nodes keep their keys and others do not, or nobody asks for them. */
function forgotten({ file, cluster }: RuleInput): readonly LintFinding[] {
  const written = file.access?.ssh?.host_keys;
  if (written === undefined) return [];
  if (!cluster.access.sshd) {
    const message = 'the host keys have no effect: sshd is off';
    return [lintWarning('host-keys', HOST_KEYS, message, 'Add ssh_authorized_keys.')];
  }
  return cluster.nodes
    .filter(({ hostname }) => !Object.hasOwn(written, hostname))
    .map(({ hostname }) =>
      lintWarning(
        'host-keys',
        HOST_KEYS,
        `${hostname} has no host key here, and makes a new one at each boot`,
        `Add ${hostname}: {file: secrets/${hostname}.ssh-host-key}`,
      ),
    );
}

function fatal(path: DocumentPath, message: string, hint: string): LintFinding {
  return { ...lintError('host-keys', path, message, hint), fatal: true };
}
