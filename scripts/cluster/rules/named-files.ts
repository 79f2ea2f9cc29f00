import type { DocumentPath } from '../document-path.ts';
import type { Finding } from '../finding.ts';
import { lintError } from '../finding.ts';
import { absolutePath } from '../references.ts';
import type { Rule, RuleInput } from './rule.ts';

/** CA files that cannot be read, and raw lines for services that do not exist. */
export const namedFiles: Rule = (input) => [...certificates(input), ...strayRaw(input)];

function certificates({ file, context }: RuleInput): readonly Finding[] {
  return file.services.flatMap(({ check }, index) => {
    if (typeof check !== 'object' || check.type !== 'https' || check.ca === undefined) return [];
    const result = context.reader.readTextFile(absolutePath(context, check.ca));
    const path = ['services', index, 'check', 'ca'];
    if (!result.ok)
      return [fatal(path, `the CA cannot be read from ${check.ca}: ${result.reason}`)];
    if (result.text.includes('-----BEGIN CERTIFICATE-----')) return [];
    return [fatal(path, `${check.ca} holds no certificate in PEM form`)];
  });
}

function strayRaw({ file, cluster }: RuleInput): readonly Finding[] {
  const names = cluster.services.map(({ name }) => name);
  return (['frontend', 'backend'] as const).flatMap((section) =>
    Object.keys(file.raw?.haproxy?.[section] ?? {})
      .filter((name) => !names.includes(name))
      .map((name) => ({
        ...fatal(
          ['raw', 'haproxy', section, name],
          `there is no service ${name}: these lines would go nowhere`,
        ),
        atKey: true,
        hint: `The services are ${names.join(', ')}.`,
      })),
  );
}

function fatal(path: DocumentPath, message: string): Finding {
  return { ...lintError('reference', path, message), fatal: true };
}
