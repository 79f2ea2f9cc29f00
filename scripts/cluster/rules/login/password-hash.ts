export interface Problem {
  readonly message: string;
  readonly hint: string;
}

const LETTERS = '[A-Za-z0-9./]';
/** What musl's crypt(3) checks: src/crypt/crypt_*.c. SHA's salts have at most 16 letters, MD5's 8. */
const FORMS: Readonly<Record<string, RegExp>> = {
  1: new RegExp(`^\\$1\\$[^$:]{0,8}\\$${LETTERS}{22}$`),
  5: new RegExp(`^\\$5\\$(rounds=[1-9]\\d{0,6}\\$)?[^$:]{0,16}\\$${LETTERS}{43}$`),
  6: new RegExp(`^\\$6\\$(rounds=[1-9]\\d{0,6}\\$)?[^$:]{0,16}\\$${LETTERS}{86}$`),
  '2a': new RegExp(`^\\$2a\\$[0-3]\\d\\$${LETTERS}{53}$`),
  '2b': new RegExp(`^\\$2b\\$[0-3]\\d\\$${LETTERS}{53}$`),
  '2y': new RegExp(`^\\$2y\\$[0-3]\\d\\$${LETTERS}{53}$`),
};
const HINT = 'Make one with: openssl passwd -6';

/** Why nobody could log in with a hash; undefined when its form is right. */
export function hashProblem(text: string): Problem | undefined {
  if (/^\$(y|gy|7)\$/.test(text)) {
    return {
      message:
        "this is a yescrypt or scrypt hash, which Alpine's C library (musl) cannot check: nobody could log in",
      hint: HINT,
    };
  }
  const kind = /^\$([^$]*)\$/.exec(text)?.[1];
  if (kind === undefined || !Object.hasOwn(FORMS, kind)) {
    return { message: 'this is not a crypt(3) hash of a password ($6$...)', hint: HINT };
  }
  if (FORMS[kind]?.test(text) === true) return undefined;
  const message = `this hash begins with $${kind}$ and is not as long as those are, or has letters that they do not have: nobody could log in`;
  const hint = `Copy it whole, or make one again with: openssl passwd -6 (in YAML in single quotes, in a shell too).`;
  return { message, hint };
}
