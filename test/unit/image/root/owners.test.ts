import { describe, expect, test } from 'vitest';
import { Owners } from '../../../../scripts/image/root/owners.ts';
import type { Owner } from '../../../../scripts/image/root/owners.ts';

function owner(name: string, changes: Partial<Owner> = {}): Owner {
  return { name, version: '1.0-r0', origin: name, replaces: [], replacesPriority: 0, ...changes };
}

/** What happens to a file of `first` when `second` ships it too. */
function meeting(first: Owner, second: Owner): string {
  const owners = new Owners();
  owners.claim('bin/x', first);
  const verdict = owners.claim('bin/x', second);
  return `${verdict}: ${owners.ownerOf('bin/x')?.name ?? 'nobody'}`;
}

describe('a file that two packages ship', () => {
  test('is refused when neither replaces the other, and both are named', () => {
    expect(() => meeting(owner('a'), owner('b'))).toThrow(
      'b-1.0-r0 would overwrite /bin/x, which belongs to a-1.0-r0',
    );
  });

  test.each([
    [
      'the same source package',
      owner('a', { origin: 's' }),
      owner('b', { origin: 's' }),
      'take: b',
    ],
    ['the later one replaces', owner('a'), owner('b', { replaces: ['a'] }), 'take: b'],
    ['the earlier one replaces', owner('a', { replaces: ['b'] }), owner('b'), 'skip: a'],
    [
      'both replace: the higher priority wins',
      owner('a', { replaces: ['b'], replacesPriority: 2 }),
      owner('b', { replaces: ['a'], replacesPriority: 1 }),
      'skip: a',
    ],
    [
      'both replace with one priority: the later wins',
      owner('a', { replaces: ['b'] }),
      owner('b', { replaces: ['a'] }),
      'take: b',
    ],
    ['a version that matches', owner('a'), owner('b', { replaces: ['a<2'] }), 'take: b'],
  ])('%s', (_what, first, second, outcome) => {
    expect(meeting(first, second)).toBe(outcome);
  });

  test('a version that does not match does not replace', () => {
    expect(() => meeting(owner('a'), owner('b', { replaces: ['a<1'] }))).toThrow('would overwrite');
  });
});
