import { lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import { absolutePath } from '../../references.ts';
import { holdsPrivateKey } from '../../values/certificates.ts';
import type { Rule } from '../rule.ts';

/** A CA's file that holds more than its certificate: the key that signs every certificate of the cluster. */
export const privateKey: Rule = ({ file, context }) =>
  file.services.flatMap(({ check }, index): readonly LintFinding[] => {
    if (typeof check !== 'object' || !('ca' in check) || check.ca === undefined) return [];
    const result = context.reader.readTextFile(absolutePath(context, check.ca));
    if (!result.ok || !holdsPrivateKey(result.text)) return [];
    const message = `${check.ca} holds a private key beside the certificate: only certificates go into the images, and the key should not lie here`;
    const hint = `Take the certificate out: openssl x509 -in ${check.ca} -out ca-only.crt`;
    return [lintWarning('private-key', ['services', index, 'check', 'ca'], message, hint)];
  });
