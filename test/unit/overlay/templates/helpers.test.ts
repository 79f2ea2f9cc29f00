import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SecretModel } from '../../../../scripts/cluster/model.ts';
import { HELPERS } from '../../../../scripts/overlay/templates/helpers.ts';
import type { RenderData } from '../../../../scripts/overlay/templates/helpers.ts';

const { cryptHash, haproxyQuoted, keepalivedWord, secret } = HELPERS;

function secretOf(value: string): SecretModel {
  return { source: 'file /s', reveal: () => value };
}

function reveal(value: string): string {
  let revealed = false;
  const data: RenderData = { onSecret: () => (revealed = true) };
  const result = secret(secretOf(value), { data } as unknown as Parameters<typeof secret>[1]);
  expect(revealed).toBe(true);
  return result;
}

/** HAProxy's own reading of a weakly quoted word (configuration manual, 2.2). */
function readHaproxyWord(quoted: string): string {
  expect(quoted).toMatch(/^"([^"\\$]|\\["\\$])*"$/);
  return quoted.slice(1, -1).replace(/\\(["\\$])/g, '$1');
}

describe('secret', () => {
  it('gives the value', () => expect(reveal('pa ss')).toBe('pa ss'));

  it.each(['a\nb', 'a\u0000', '\u2029'])('refuses %j without showing it', (value) => {
    expect(() => reveal(value)).toThrow(/^the secret from file \/s contains a line break/);
  });
});

describe('haproxyQuoted', () => {
  it('comes back as it went in', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(readHaproxyWord(haproxyQuoted(value))).toBe(value);
      }),
    );
  });
});

describe('keepalivedWord', () => {
  it.each([
    ['secret1', 'secret1'],
    ['p#s! w', '"p#s! w"'],
    ['{x}', '"{x}"'],
  ])('%s becomes %s', (value, expected) => expect(keepalivedWord(value)).toBe(expected));

  it('refuses what no quotes can hold', () => {
    expect(() => keepalivedWord('a"b')).toThrow(/double quote/);
  });
});

describe('cryptHash', () => {
  it.each(['$6$salt$hash./AB', '$y$j9T$a$b', '*'])('takes %s', (hash) => {
    expect(cryptHash(hash)).toBe(hash);
  });

  it.each(['', 'a:b', 'a b', 'ä'])('refuses %j', (hash) => {
    expect(() => cryptHash(hash)).toThrow(/password hash/);
  });
});
