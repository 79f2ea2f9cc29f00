import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDependency } from '../../../../../scripts/apk/dependency.ts';
import { eachName } from '../../../../../scripts/apk/index/scan/atoms.ts';

function namesIn(list: string): { readonly names: string[]; readonly sound: boolean } {
  const bytes = Buffer.from(`D:${list}\n`, 'latin1');
  const names: string[] = [];
  const sound = eachName(bytes, { start: 2, end: bytes.length - 1 }, (start, end) => {
    names.push(bytes.toString('latin1', start, end));
  });
  return { names, sound };
}

const version = fc.oneof(
  fc.stringMatching(/^[0-9]{1,19}(\.[0-9]{0,3}){0,3}(-r[0-9]{0,3})?$/),
  fc.constantFrom('', '.', '-r1', '1-r', '1.-r1', '1_rc1', '1.2.3a', '1-r1.2', 'one'),
);
const atom = fc
  .tuple(
    fc.constantFrom('', '', '', '!', '!!'),
    fc.stringMatching(/^[a-z0-9:@.+_\t\u00a0é!-]{0,6}$/),
    fc.oneof(
      fc.constant(''),
      fc
        .tuple(fc.constantFrom('=', '=', '==', '<', '>=', '~', '><', '<<>'), version)
        .map((parts) => parts.join('')),
    ),
  )
  .map((parts) => parts.join(''));

describe('eachName', () => {
  it('finds the names that parsing atom by atom finds, up to the first that is none', () => {
    fc.assert(
      fc.property(fc.array(atom, { maxLength: 5 }), (atoms) => {
        const parsed = atoms.filter((each) => each !== '').map(parseDependency);
        const first = parsed.indexOf(undefined);
        const taken = first < 0 ? parsed : parsed.slice(0, first);
        expect(namesIn(atoms.join(' '))).toEqual({
          names: taken.map((dependency) => dependency?.name),
          sound: first < 0,
        });
      }),
      { numRuns: 2000 },
    );
  });
});
