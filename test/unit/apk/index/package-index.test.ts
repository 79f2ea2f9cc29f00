import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PackageIndex } from '../../../../scripts/apk/index/package-index.ts';
import { nameBytesOf } from '../../../../scripts/apk/index/scan/name-bytes.ts';
import { formatStanza, parseStanza } from '../../../../scripts/apk/index/stanza.ts';
import type { PackageRecord } from '../../../../scripts/apk/model.ts';
import { recordFor } from '../../../support/apk/apk-builder.ts';

const atom = fc.stringMatching(/^[a-z]{1,3}:?[a-z0-9.-]{1,8}$/);
const line = fc.stringMatching(/^[A-Za-z0-9éß€ .,<>@-]{0,20}$/).map((text) => text.trim());
const record: fc.Arbitrary<PackageRecord> = fc
  .record({
    name: fc.stringMatching(/^[a-zA-Z][a-z0-9+._-]{0,6}$/),
    version: fc.constantFrom('1', '1.1', '2_rc1-r0', '10-r3'),
    description: line,
    maintainer: line,
    size: fc.nat(),
    installedSize: fc.nat(),
    buildTime: fc.nat(),
    providerPriority: fc.nat(100),
    depends: fc.array(atom, { maxLength: 3 }),
    provides: fc.array(atom, { maxLength: 3 }),
    installIf: fc.array(atom, { maxLength: 2 }),
    replaces: fc.array(atom, { maxLength: 2 }),
  })
  .map((fields) => recordFor(fields));

function idsOf(index: PackageIndex, name: string): readonly number[] {
  return index.providersOf(nameBytesOf(name));
}

describe('parseStanza', () => {
  it('is undone by formatStanza', () => {
    fc.assert(
      fc.property(record, (one) => {
        expect(parseStanza(formatStanza(one))).toEqual(one);
      }),
    );
  });

  it('keeps texts that look like nothing', () => {
    const one = recordFor({ name: '0', version: '0', origin: '0', maintainer: '0' });
    expect(parseStanza(formatStanza(one))).toEqual(one);
  });

  it('passes unknown letters over', () => {
    expect(parseStanza('P:a\nV:1\nX:new\nz:newer\n')).toMatchObject({ name: 'a', version: '1' });
  });

  it.each(['V:1\n', 'P:a\n', 'P:a\nV:1\nS:many\n', 'P:a\nV:1\nnonsense\n'])(
    'refuses %j',
    (stanza) => {
      expect(parseStanza(stanza)).toBeUndefined();
    },
  );
});

describe('PackageIndex', () => {
  it('holds the same packages in the same order whatever the order of the file', () => {
    const shuffled = fc
      .uniqueArray(record, { selector: (one) => `${one.name}-${one.version}`, maxLength: 8 })
      .chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
      );
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        const index = PackageIndex.fromRecords(all);
        expect(index.size).toBe(all.length);
        expect([...index]).toEqual([...PackageIndex.fromRecords(other)]);
        expect(new Set([...index].map((one) => one.name))).toEqual(
          new Set(all.map((one) => one.name)),
        );
      }),
    );
  });

  it('finds every package by its name and by all that it provides or waits for', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (all) => {
        const index = PackageIndex.fromRecords(all);
        for (let id = 0; id < index.size; id++) {
          const { name, provides, installIf } = index.record(id);
          for (const each of [name, ...provides]) expect(idsOf(index, each)).toContain(id);
          for (const each of installIf) {
            expect(index.triggeredBy(nameBytesOf(each))).toContain(id);
          }
        }
        expect(idsOf(index, 'nobody-has-this-name')).toEqual([]);
      }),
    );
  });

  it('summarises what it parses', () => {
    fc.assert(
      fc.property(record, (one) => {
        const index = PackageIndex.fromRecords([one]);
        const { name, version, checksum, installedSize, providerPriority } = one;
        expect(index.summary(0)).toEqual({
          ...{ name, version, checksum, installedSize, providerPriority },
          depends: one.depends.join(' '),
          provides: one.provides.join(' '),
          installIf: one.installIf.join(' '),
        });
      }),
    );
  });

  it('sorts by name without regard to case, then by version', () => {
    const index = PackageIndex.fromRecords(
      ['b', 'A', 'a', 'C'].flatMap((name) => [
        recordFor({ name, version: '1.10' }),
        recordFor({ name, version: '1.9' }),
      ]),
    );
    const shown = [...index].map(({ name, version }) => `${name}-${version}`);
    expect(shown).toEqual([
      'A-1.9',
      'A-1.10',
      'a-1.9',
      'a-1.10',
      'b-1.9',
      'b-1.10',
      'C-1.9',
      'C-1.10',
    ]);
  });

  it('finds the records of one name', () => {
    const index = PackageIndex.fromRecords([
      recordFor({ name: 'a', version: '1' }),
      recordFor({ name: 'a', version: '2' }),
      recordFor({ name: 'b', provides: ['a=3'] }),
    ]);
    expect(index.named('a').map(({ version }) => version)).toEqual(['1', '2']);
  });

  it('names the line that is none', () => {
    const text = Buffer.from('P:a\nV:1\n\nP:b\nrubbish\n');
    expect(() => PackageIndex.fromText(text)).toThrow(/Line 5 .* “letter:value”/);
  });

  it('refuses a stanza without a version when it is asked for', () => {
    const index = PackageIndex.fromText(Buffer.from('P:a\n\nP:b\nV:1\n'));
    expect(() => [...index]).toThrow(/stanza .* malformed/);
  });
});
