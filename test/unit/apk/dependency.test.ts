import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatDependency,
  isProvidedBy,
  parseDependency,
} from '../../../scripts/apk/dependency.ts';

const any = { kind: 'any' } as const;

describe('parseDependency', () => {
  it.each([
    ['haproxy', { name: 'haproxy', conflict: false, tag: undefined, constraint: any }],
    ['!sudo', { name: 'sudo', conflict: true, tag: undefined, constraint: any }],
    [
      'keepalived@community',
      { name: 'keepalived', conflict: false, tag: 'community', constraint: any },
    ],
    ['/bin/sh', { name: '/bin/sh', conflict: false, tag: undefined, constraint: any }],
    [
      'so:libz.so.1>=1.3',
      {
        name: 'so:libz.so.1',
        conflict: false,
        tag: undefined,
        constraint: { kind: 'version', operator: '>=', version: '1.3' },
      },
    ],
    [
      'foo@edge=>1',
      {
        name: 'foo',
        conflict: false,
        tag: 'edge',
        constraint: { kind: 'version', operator: '>=', version: '1' },
      },
    ],
    [
      '.deps><Q1abc=',
      {
        name: '.deps',
        conflict: false,
        tag: undefined,
        constraint: { kind: 'checksum', checksum: 'Q1abc=' },
      },
    ],
  ])('reads %s', (atom, expected) => {
    expect(parseDependency(atom)).toEqual(expected);
  });

  it.each(['', '!', '=1', 'a=', 'a=X', 'a b', 'a>1\n', 'a<=>1', '@tag'])('refuses “%s”', (atom) => {
    expect(parseDependency(atom)).toBeUndefined();
  });

  it('is undone by formatDependency', () => {
    const atom = fc
      .tuple(
        fc.constantFrom('', '!'),
        fc.stringMatching(/^[a-z0-9][a-z0-9.+_:/-]{0,20}$/),
        fc.constantFrom('', '@edge'),
        fc.constantFrom('', '=1.2-r0', '<2', '<=2', '>2', '>=2', '~2.1', '<~2', '>~2', '><Q1x='),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(atom, (text) => {
        const dependency = parseDependency(text);
        expect(dependency && formatDependency(dependency)).toBe(text);
      }),
    );
  });
});

describe('isProvidedBy', () => {
  const fulfils = (atom: string, version: string | undefined): boolean => {
    const dependency = parseDependency(atom);
    if (dependency === undefined) throw new Error(atom);
    return isProvidedBy(dependency, version, 'Q1x=');
  };

  it('takes any version where none is asked for', () => {
    expect(fulfils('a', '1')).toBe(true);
    expect(fulfils('a', undefined)).toBe(true);
    expect(fulfils('!a', '1')).toBe(false);
  });

  it('lets a bare virtual name fulfil no version, and break no versioned conflict', () => {
    expect(fulfils('a>=1', undefined)).toBe(false);
    expect(fulfils('!a<2', undefined)).toBe(true);
    expect(fulfils('!a<2', '1')).toBe(false);
    expect(fulfils('!a<2', '3')).toBe(true);
  });

  it('compares checksums', () => {
    expect(fulfils('a><Q1x=', '1')).toBe(true);
    expect(fulfils('a><Q1y=', '1')).toBe(false);
  });
});
