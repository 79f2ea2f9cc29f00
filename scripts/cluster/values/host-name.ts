import { parseAddress } from './address.ts';

const LABEL = '[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
/** RFC 1123, section 2.1, with the underscore that names in DNS do have, and the dot at the end that says "from the root". */
const NAME = new RegExp(`^${LABEL}(\\.${LABEL})*\\.?$`);
/** RFC 3696, section 2: no top-level domain is a number, so this was meant as an address; inet_aton(3) takes hexadecimal too. */
const NUMERIC_END = /(^|\.)(\d+|0[xX][0-9A-Fa-f]*)\.?$/;

function isName(text: string): boolean {
  return NAME.test(text) && text.length <= 253;
}

/** A DNS name in ASCII letters; what looks like an IPv4 address, whole or not, is none. */
export function isDnsName(text: string): boolean {
  return isName(text) && !NUMERIC_END.test(text);
}

/** Why a text is neither a DNS name nor an IP address; undefined when it is one. */
export function hostProblem(text: string): string | undefined {
  const address = parseAddress(text);
  if (address !== undefined) {
    return address.prefix === undefined
      ? undefined
      : 'expected a host, not a network: leave the prefix out';
  }
  const foreign = foreignLetter(text);
  if (foreign !== undefined) return foreign;
  if (isName(text) && !NUMERIC_END.test(text)) return undefined;
  return 'expected an IP address or a host name such as log.example.org';
}

/** Names the first character outside of ASCII: one of another alphabet looks right on the screen. */
export function foreignLetter(text: string): string | undefined {
  const letter = /[^\0-\x7f]/u.exec(text)?.[0];
  if (letter === undefined) return undefined;
  return `${JSON.stringify(letter)} (${codePoint(letter)}) is not a letter of ASCII, though it may look like one: type the value again`;
}

/** `U+200B` */
export function codePoint(character: string): string {
  const number = character.codePointAt(0) ?? 0;
  return `U+${number.toString(16).toUpperCase().padStart(4, '0')}`;
}
