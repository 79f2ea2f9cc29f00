import { lintError } from '../findings/finding.ts';
import type { LintFinding } from '../findings/finding.ts';
import { absolutePath } from '../references.ts';
import type { DocumentPath } from '../text/document-path.ts';
import { caProblem } from '../values/certificates.ts';
import type { Rule, RuleInput } from './rule.ts';

/** CA files that cannot be read, and raw lines for services that do not exist. */
export const namedFiles: Rule = (input) => [
  ...certificates(input),
  ...syslogCertificate(input),
  ...strayRaw(input),
];

function certificates({ file, context }: RuleInput): readonly LintFinding[] {
  return file.services.flatMap(({ check }, index) => {
    if (typeof check !== 'object' || check.type !== 'https' || check.ca === undefined) return [];
    const result = context.reader.readTextFile(absolutePath(context, check.ca));
    const path = ['services', index, 'check', 'ca'];
    if (!result.ok)
      return [fatal(path, `the CA cannot be read from ${check.ca}: ${result.reason}`)];
    const problem = caProblem(result.text);
    return problem === undefined ? [] : [fatal(path, `${check.ca} ${problem}`)];
  });
}

function syslogCertificate({ file, context }: RuleInput): readonly LintFinding[] {
  const written = file.system?.syslog_ca;
  if (written === undefined) return [];
  const path = ['system', 'syslog_ca'];
  const result = context.reader.readTextFile(absolutePath(context, written));
  if (!result.ok) return [fatal(path, `the CA cannot be read from ${written}: ${result.reason}`)];
  const problem = caProblem(result.text);
  return problem === undefined ? [] : [fatal(path, `${written} ${problem}`)];
}

function strayRaw({ file, cluster }: RuleInput): readonly LintFinding[] {
  const names = cluster.services.map(({ name }) => name);
  return (['frontend', 'backend'] as const).flatMap((section) =>
    Object.keys(file.raw?.haproxy?.[section] ?? {})
      .filter((name) => !names.includes(name))
      .map((name) => ({
        ...fatal(
          ['raw', 'haproxy', section, name],
          `there is no service ${name}: these lines would not be used`,
        ),
        atKey: true,
        hint: `The services are ${names.join(', ')}.`,
      })),
  );
}

function fatal(path: DocumentPath, message: string): LintFinding {
  return { ...lintError('reference', path, message), fatal: true };
}
