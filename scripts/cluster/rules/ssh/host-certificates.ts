import { lintError, lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { NodeModel } from '../../model.ts';
import { absolutePath } from '../../references.ts';
import { readSecret } from '../../secrets/secret.ts';
import { readCertificate } from '../../ssh/certificate.ts';
import type { HostCertificate } from '../../ssh/certificate.ts';
import { readHostKey } from '../../ssh/private-key.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import { hostOf } from '../../values/address.ts';
import type { Rule, RuleInput } from '../rule.ts';

const DAY = 86_400n;
/** An image is built, shipped and used for some time. */
const SOON_DAYS = 30n;
/** `ssh-keygen -V always:forever`. */
const FOR_EVER = 0xffff_ffff_ffff_ffffn;

/** Certificates of host keys that clients would not accept, or soon will not. */
export const hostCertificates: Rule = (input) =>
  Object.entries(input.file.access?.ssh?.host_certificates ?? {}).flatMap(([hostname, written]) => {
    const node = input.cluster.nodes.find((it) => it.hostname === hostname);
    if (node === undefined) return [];
    return [written].flat().flatMap((file, index) => {
      const place = ['access', 'ssh', 'host_certificates', hostname];
      return judge(input, node, file, Array.isArray(written) ? [...place, index] : place);
    });
  });

function judge(
  input: RuleInput,
  node: NodeModel,
  file: string,
  path: DocumentPath,
): readonly LintFinding[] {
  const read = input.context.reader.readTextFile(absolutePath(input.context, file));
  if (!read.ok) {
    const message = `the host certificate cannot be read from ${file}: ${read.reason}`;
    return [{ ...lintError('reference', path, message), fatal: true }];
  }
  const result = readCertificate(read.text);
  if (!result.ok) return [error(path, `sshd cannot use ${file}: ${result.reason}`, SIGN)];
  const { certificate } = result;
  if (certificate.use !== 'host')
    return [error(path, `${file} is a certificate for users, not for a host`, SIGN)];
  if (!keysOf(input, node.hostname).includes(certificate.publicBlob.toString('base64'))) {
    const message = `${file} is for none of the host keys of ${node.hostname}`;
    return [error(path, message, 'Sign its public key, and name the private one in host_keys.')];
  }
  return [
    ...validity(certificate, input.context.now, path, file),
    ...principals(certificate, node, path, file),
  ];
}

const SIGN = 'Make one with: ssh-keygen -s CA -h -I NAME -n HOST,ADDRESS,VIP KEY.pub';

function keysOf({ file, context }: RuleInput, hostname: string): readonly string[] {
  const written = new Map(Object.entries(file.access?.ssh?.host_keys ?? {})).get(hostname) ?? [];
  return [written].flat().flatMap((secret) => {
    const read = readSecret(secret, context);
    const key = read.ok ? readHostKey(read.text) : undefined;
    return key?.ok === true ? [key.publicBlob.toString('base64')] : [];
  });
}

function validity(
  { validAfter, validBefore }: HostCertificate,
  now: number | undefined,
  path: DocumentPath,
  file: string,
): readonly LintFinding[] {
  if (now === undefined) return [];
  const today = BigInt(now);
  if (validBefore !== FOR_EVER && validBefore <= today)
    return [error(path, `${file} expired on ${dateOf(validBefore)}: clients refuse it`, SIGN)];
  const findings: LintFinding[] = [];
  if (validAfter > today)
    findings.push(warning(path, `${file} is not valid before ${dateOf(validAfter)}`, SIGN));
  if (validBefore < today + SOON_DAYS * DAY)
    findings.push(warning(path, `${file} expires on ${dateOf(validBefore)}`, SIGN));
  return findings;
}

function dateOf(seconds: bigint): string {
  return new Date(Number(seconds) * 1000).toISOString().slice(0, 10);
}

/** Clients hold the name or address that they connect to against these. */
function principals(
  certificate: HostCertificate,
  node: NodeModel,
  path: DocumentPath,
  file: string,
): readonly LintFinding[] {
  const listed = certificate.principals;
  if (listed.length === 0) {
    const message = `${file} names no host: newer clients take it for none, older ones for every`;
    return [warning(path, message, SIGN)];
  }
  const addresses = node.interfaces.flatMap((entry) => entry.addresses.map(hostOf));
  const own = [node.hostname, ...addresses];
  const isOwn = (name: string): boolean =>
    own.includes(hostOf(name)) || name.startsWith(`${node.hostname}.`);
  if (!listed.some((name) => isOwn(name) || name.includes('*'))) {
    const message = `${file} is for ${listed.join(', ')}: clients that connect to ${node.hostname} refuse it`;
    return [warning(path, message, `Sign it for ${own.join(',')}`)];
  }
  return [];
}

function error(path: DocumentPath, message: string, hint: string): LintFinding {
  return { ...lintError('host-keys', path, message, hint), fatal: true };
}

function warning(path: DocumentPath, message: string, hint: string): LintFinding {
  return lintWarning('host-keys', path, message, hint);
}
