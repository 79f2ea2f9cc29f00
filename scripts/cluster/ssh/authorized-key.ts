import { WireError, WireReader } from './wire.ts';

/** Lengths of what follows the type inside the key (RFC 4253, 6.6; RFC 5656, 3.1; RFC 8709, 4): a problem in words, or nothing. */
type BodyCheck = (fields: readonly Buffer[]) => string | undefined;

const POINTS = { nistp256: 65, nistp384: 97, nistp521: 133 } as const;
/** Below this OpenSSH refuses a key (RequiredRSASize); below the other it is weak today. */
const LEAST_RSA_BITS = 1024;

const BODIES: Readonly<Record<string, BodyCheck>> = {
  'ssh-ed25519': ([key, ...rest]) => (key?.length === 32 && rest.length === 0 ? undefined : CUT),
  'ssh-rsa': rsa,
  'ecdsa-sha2-nistp256': (fields) => ecdsa(fields, 'nistp256'),
  'ecdsa-sha2-nistp384': (fields) => ecdsa(fields, 'nistp384'),
  'ecdsa-sha2-nistp521': (fields) => ecdsa(fields, 'nistp521'),
  'sk-ssh-ed25519@openssh.com': ([key, application, ...rest]) =>
    key?.length === 32 && application !== undefined && rest.length === 0 ? undefined : CUT,
  'sk-ecdsa-sha2-nistp256@openssh.com': ([curve, point, application, ...rest]) =>
    curve !== undefined &&
    point?.length === POINTS.nistp256 &&
    application !== undefined &&
    rest.length === 0
      ? undefined
      : CUT,
  'ssh-dss': () => 'it is a DSA key, which no sshd of today takes',
};

const CUT = 'it is cut off, or letters of it are lost';

/**
 * Why a line of authorized_keys lets nobody log in; undefined when its key is whole. The words before the type are options
 * (sshd(8)); a certificate's inside is not looked into.
 */
export function sshKeyProblem(line: string): string | undefined {
  const match = /(?:^|\s)((?:ssh|ecdsa|sk)-[^\s",]+) ([A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(line);
  if (match === null) return 'there is no key in this line';
  const [, type = '', encoded = ''] = match;
  const fields = fieldsOf(Buffer.from(encoded, 'base64'));
  const inside = fields?.[0]?.toString('latin1');
  if (fields === undefined || inside === undefined) return CUT;
  if (inside !== type) {
    return /^[a-z0-9@.-]+$/.test(inside)
      ? `it says ${type}, but the key inside is ${inside}`
      : `what follows ${type} is not a key`;
  }
  if (/-cert-v\d\d@openssh\.com$/.test(type)) return undefined;
  if (!Object.hasOwn(BODIES, type)) return `${type} is not a kind of key that sshd knows`;
  return BODIES[type]?.(fields.slice(1));
}

/** The strings of a key; undefined where they do not fill the bytes exactly. */
function fieldsOf(bytes: Buffer): readonly Buffer[] | undefined {
  const from = new WireReader(bytes);
  const fields: Buffer[] = [];
  try {
    while (!from.isAtEnd) fields.push(from.bytes());
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
  return fields;
}

function rsa([exponent, modulus, ...rest]: readonly Buffer[]): string | undefined {
  if (exponent === undefined || modulus === undefined || rest.length > 0) return CUT;
  if (exponent.length === 0 || exponent.length > 8) return CUT;
  const bits = modulus.length * 8 - (modulus[0] === 0 ? 8 : Math.clz32(modulus[0] ?? 0) - 24);
  return bits < LEAST_RSA_BITS ? `it is an RSA key of ${bits} bits, which sshd refuses` : undefined;
}

function ecdsa(
  [name, point, ...rest]: readonly Buffer[],
  curve: keyof typeof POINTS,
): string | undefined {
  const whole =
    name?.toString('latin1') === curve &&
    point?.length === POINTS[curve] &&
    point[0] === 4 &&
    rest.length === 0;
  return whole ? undefined : CUT;
}
