import { describe, expect, it } from 'vitest';
import type { ApkGeneration } from '../../../../scripts/apk/generation.ts';
import type { PackageRecord } from '../../../../scripts/apk/model.ts';
import { solve } from '../../../../scripts/apk/solver/solve.ts';
import { recordFor } from '../../../support/apk/apk-builder.ts';

type Stanza = Partial<PackageRecord> & { readonly name: string };

/** Sorted names of the chosen packages, or `undefined` where nothing fulfils the request. */
function chosenBy(
  apk: ApkGeneration,
  stanzas: readonly Stanza[],
  ...request: readonly string[]
): string[] | undefined {
  const records = stanzas.map((stanza) => recordFor(stanza));
  const outcome = solve({ apk, request, repositories: [{ name: 'main', records }] });
  if (!outcome.satisfiable) return undefined;
  return outcome.packages.map(({ record }) => `${record.name}-${record.version}`).sort();
}

/** What each generation of apk chooses, measured with apk-tools 2.14.0 and 3.0.6 on the same indexes. */
function choices(stanzas: readonly Stanza[], ...request: readonly string[]): unknown {
  return { 2: chosenBy('2', stanzas, ...request), 3: chosenBy('3', stanzas, ...request) };
}

describe('providers with and without a version', () => {
  const bare = { name: 'new', version: '16', provides: ['client'], providerPriority: 16 };
  const versioned = { name: 'old', version: '9', provides: ['client=9'] };

  it('apk 3 takes one with a version whatever the priority of the other', () => {
    expect(choices([bare, versioned], 'client')).toEqual({ 2: ['new-16'], 3: ['old-9'] });
  });

  it('apk 3 has a bare name fulfil what asks for less than a version', () => {
    expect(choices([bare], 'client<9')).toEqual({ 2: undefined, 3: ['new-16'] });
    expect(choices([bare], 'client>=1')).toEqual({ 2: undefined, 3: undefined });
  });

  it('apk 3 has a bare name break the refusal of old versions', () => {
    const stanzas = [bare, { name: 'app', depends: ['!client<2'] }];
    expect(choices(stanzas, 'app', 'new')).toEqual({ 2: ['app-1.0-r0', 'new-16'], 3: undefined });
  });
});

describe('install_if', () => {
  const desktop = { name: 'desktop' };
  const sound = { name: 'sound', depends: ['server'] };

  it('apk 3 installs what names a conflict with something that stays out', () => {
    const server = { name: 'server' };
    const plugin = { name: 'plugin', installIf: ['server', '!desktop'] };
    const stanzas = [desktop, sound, server, plugin];
    expect(choices(stanzas, 'sound')).toEqual({
      2: ['server-1.0-r0', 'sound-1.0-r0'],
      3: ['plugin-1.0-r0', 'server-1.0-r0', 'sound-1.0-r0'],
    });
    const without = ['desktop-1.0-r0', 'server-1.0-r0', 'sound-1.0-r0'];
    expect(choices(stanzas, 'sound', 'desktop')).toEqual({ 2: without, 3: without });
  });

  it('apk 3 leaves out a triggered package that something refuses', () => {
    const stanzas = [
      { name: 'a', depends: ['!extra'] },
      { name: 'extra', installIf: ['a'] },
    ];
    expect(choices(stanzas, 'a')).toEqual({ 2: ['a-1.0-r0'], 3: ['a-1.0-r0'] });
  });
});

describe('a package that refuses a name which it provides', () => {
  it('apk 3 installs all the same', () => {
    const stanzas = [{ name: 'mta', provides: ['smtp=1'], depends: ['!smtp'] }];
    expect(choices(stanzas, 'mta')).toEqual({ 2: undefined, 3: ['mta-1.0-r0'] });
  });
});

describe('a malformed list', () => {
  const broken = { name: 'a', version: '2', depends: ['b=1_zz'] };

  it('makes apk 3 leave the package alone, where apk 2 takes what it could read', () => {
    const stanzas = [broken, { name: 'a', version: '1' }, { name: 'b' }];
    expect(choices(stanzas, 'a')).toEqual({ 2: ['a-2'], 3: ['a-1'] });
  });

  it('makes apk 3 forget the conditions of install_if', () => {
    const stanzas = [{ name: 'a' }, { name: 'c', installIf: ['a', 'b=1_zz'] }];
    expect(choices(stanzas, 'a')).toEqual({ 2: ['a-1.0-r0', 'c-1.0-r0'], 3: ['a-1.0-r0'] });
  });
});

describe('numbers with leading zeros in versions', () => {
  it('apk 3 compares as text behind the first', () => {
    const stanzas = [
      { name: 'perl-a', version: '1.010' },
      { name: 'perl-a', version: '1.09' },
    ];
    expect(choices(stanzas, 'perl-a')).toEqual({ 2: ['perl-a-1.010'], 3: ['perl-a-1.09'] });
  });
});
