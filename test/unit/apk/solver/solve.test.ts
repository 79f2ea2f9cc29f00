import { beforeEach, describe, expect, it } from 'vitest';
import type { ApkGeneration } from '../../../../scripts/apk/generation.ts';
import type { PackageRecord } from '../../../../scripts/apk/model.ts';
import { formatReasons } from '../../../../scripts/apk/solver/format-reasons.ts';
import type { SolverRepository } from '../../../../scripts/apk/solver/model.ts';
import { solve } from '../../../../scripts/apk/solver/solve.ts';
import { recordFor } from '../../../support/apk/apk-builder.ts';

type Stanza = Partial<PackageRecord> & { readonly name: string };

function repository(name: string, stanzas: readonly Stanza[], tag?: string): SolverRepository {
  return { name, tag, records: stanzas.map((stanza) => recordFor(stanza)) };
}

/** Whose rules the cases below are solved by: what they show holds for both. */
let generation: ApkGeneration = '2';

/** Chosen packages in install order as `name-version`, or the lines of the explanation. */
function chosen(
  request: readonly string[],
  ...repositories: readonly SolverRepository[]
): string[] {
  const outcome = solve({ apk: generation, request, repositories });
  if (!outcome.satisfiable) return formatReasons(outcome.reasons);
  return outcome.packages.map(({ record }) => `${record.name}-${record.version}`);
}

function chosenFrom(stanzas: readonly Stanza[], ...request: readonly string[]): string[] {
  return chosen(request, repository('main', stanzas));
}

describe.each(['2', '3'] as const)('apk-tools %s', (apk) => {
  beforeEach(() => {
    generation = apk;
  });

  describe('versions', () => {
    const stanzas: Stanza[] = [
      { name: 'a', version: '1-r0' },
      { name: 'a', version: '2-r0' },
      { name: 'a', version: '10-r0' },
      { name: 'old', depends: ['a<3'] },
    ];

    it('takes the newest, unless something asks for less', () => {
      expect(chosenFrom(stanzas, 'a')).toEqual(['a-10-r0']);
      expect(chosenFrom(stanzas, 'a<10')).toEqual(['a-2-r0']);
      expect(chosenFrom(stanzas, 'a~1')).toEqual(['a-1-r0']);
      expect(chosenFrom(stanzas, 'a', 'old')).toEqual(['a-2-r0', 'old-1.0-r0']);
    });

    it('pins a package by checksum', () => {
      const { checksum } = recordFor({ name: 'a', version: '2-r0' });
      expect(chosenFrom(stanzas, `a><${checksum}`)).toEqual(['a-2-r0']);
    });
  });

  describe('provides', () => {
    it('takes the only provider of a versioned name', () => {
      const stanzas = [{ name: 'zlib', provides: ['so:libz.so.1=1.3'] }];
      expect(chosenFrom(stanzas, 'so:libz.so.1')).toEqual(['zlib-1.0-r0']);
      expect(chosenFrom(stanzas, 'so:libz.so.1>2')[0]).toBe('so:libz.so.1 cannot be satisfied');
    });

    it('never picks a bare virtual’s provider by itself, unless one declares a priority', () => {
      const vi = { name: 'vi', provides: ['editor'] };
      const ed = { name: 'ed', provides: ['editor'] };
      expect(chosenFrom([vi, ed], 'editor')).toContain('  ask for one of its providers: ed, vi');
      expect(chosenFrom([vi, { ...ed, providerPriority: 5 }], 'editor')).toEqual(['ed-1.0-r0']);
      expect(chosenFrom([vi, ed], 'editor', 'vi')).toEqual(['vi-1.0-r0']);
    });

    it('prefers the provider of the highest priority among equals', () => {
      const stanzas = [
        { name: 'x', provides: ['cmd:run=1'], providerPriority: 10 },
        { name: 'y', provides: ['cmd:run=1'], providerPriority: 100 },
      ];
      expect(chosenFrom(stanzas, 'cmd:run')).toEqual(['y-1.0-r0']);
    });

    it('lets two packages provide a bare name, but not a versioned one', () => {
      const bare = ['a', 'b'].map((name) => ({ name, provides: ['service'] }));
      expect(chosenFrom(bare, 'a', 'b')).toHaveLength(2);
      const versioned = ['a', 'b'].map((name) => ({ name, provides: ['service=1'] }));
      expect(chosenFrom(versioned, 'a', 'b')).toContainEqual(
        expect.stringMatching(/[ab]-1\.0-r0 already provides service/),
      );
    });
  });

  describe('install_if', () => {
    const stanzas: Stanza[] = [
      { name: 'openrc' },
      { name: 'nginx' },
      { name: 'nginx-openrc', installIf: ['nginx=1.0-r0', 'openrc'] },
      { name: 'nginx-openrc-doc', installIf: ['nginx-openrc=1.0-r0', 'docs'] },
      { name: 'docs' },
    ];

    it('brings a package in when all its conditions hold, and others in turn', () => {
      expect(chosenFrom(stanzas, 'nginx')).toEqual(['nginx-1.0-r0']);
      expect(chosenFrom(stanzas, 'nginx', 'openrc')).toContain('nginx-openrc-1.0-r0');
      expect(chosenFrom(stanzas, 'nginx', 'openrc', 'docs')).toContain('nginx-openrc-doc-1.0-r0');
    });

    it('orders names of one bucket as apk does, which came upon the later one last', () => {
      const bases = ['kcmutils5', 'ktextaddons'];
      const lang = bases.map((name) => ({ name: `${name}-lang`, installIf: [name, 'lang'] }));
      const stanzas = [...bases.map((name) => ({ name })), { name: 'lang' }, ...lang];
      expect(chosenFrom(stanzas, 'lang', ...bases).slice(-2)).toEqual([
        'ktextaddons-lang-1.0-r0',
        'kcmutils5-lang-1.0-r0',
      ]);
    });

    it('says that this is why', () => {
      const outcome = solve({
        apk: generation,
        request: ['nginx', 'openrc'],
        repositories: [repository('main', stanzas)],
      });
      const found = outcome.satisfiable ? outcome.packages : [];
      expect(found.map(({ record, why }) => [record.name, why])).toEqual([
        ['nginx', [{ kind: 'request', atom: 'nginx' }]],
        ['openrc', [{ kind: 'request', atom: 'openrc' }]],
        ['nginx-openrc', [{ kind: 'install-if', atoms: ['nginx=1.0-r0', 'openrc'] }]],
      ]);
    });

    it('stays out when the request refuses it', () => {
      expect(chosenFrom(stanzas, 'nginx', 'openrc', '!nginx-openrc')).toHaveLength(2);
    });
  });

  describe('repositories', () => {
    const older = { name: 'a', version: '1' };
    const newer = { name: 'a', version: '2' };

    it('are searched together, the newest version winning', () => {
      const outcome = solve({
        apk: generation,
        request: ['a'],
        repositories: [repository('first', [older]), repository('second', [newer])],
      });
      const found = outcome.satisfiable ? outcome.packages : [];
      expect(found.map(({ record, repository: name }) => [record.version, name])).toEqual([
        ['2', 'second'],
      ]);
    });

    it('are preferred in order where versions are equal', () => {
      const outcome = solve({
        apk: generation,
        request: ['a'],
        repositories: [
          repository('first', [{ ...older, checksum: 'Q1first=' }]),
          repository('second', [{ ...older, checksum: 'Q1second=' }]),
        ],
      });
      expect(outcome.satisfiable && outcome.packages[0]?.repository).toBe('first');
    });

    it('give nothing by their tag unless it is asked for', () => {
      const edge = repository('edge', [newer, { name: 'b', depends: ['a=2'] }], 'edge');
      const main = repository('main', [older]);
      expect(chosen(['a'], main, edge)).toEqual(['a-1']);
      expect(chosen(['a@edge'], main, edge)).toEqual(['a-2']);
      expect(chosen(['b@edge'], main, edge)).toEqual(['a-2', 'b-1.0-r0']);
      expect(chosen(['b'], main, edge)).toContain(
        '    it is only in the repository tagged @edge, which no request for it names',
      );
    });

    it('must have the tag that a request names', () => {
      expect(chosen(['a@nightly'], repository('main', [older]))).toEqual([
        'the request [a@nightly] names a tag that no repository has',
      ]);
    });
  });

  describe('an explanation', () => {
    it('names the chain from the request down, and why each candidate is out', () => {
      const stanzas: Stanza[] = [
        { name: 'base', depends: ['tool'] },
        { name: 'tool', depends: ['lib>=2'] },
        { name: 'lib', version: '1' },
        { name: 'lib', version: '1.5' },
      ];
      expect(chosenFrom(stanzas, 'base')).toEqual([
        'lib cannot be satisfied',
        '  wanted by tool-1.0-r0 [lib>=2]',
        '    wanted by base-1.0-r0 [tool]',
        '      wanted by the request [base]',
        '  lib-1 is excluded',
        '    tool-1.0-r0 [lib>=2] rules it out',
        '    lib-1.5 already provides lib',
        '  lib-1.5 is excluded',
        '    tool-1.0-r0 [lib>=2] rules it out',
      ]);
    });

    it('names what is missing and who wants it', () => {
      expect(chosenFrom([{ name: 'base', depends: ['so:gone.so.1'] }], 'base')).toEqual([
        'so:gone.so.1: no repository has a package of this name',
        '  wanted by base-1.0-r0 [so:gone.so.1]',
        '    wanted by the request [base]',
      ]);
    });

    it('names a refusal', () => {
      const stanzas = [{ name: 'sudo' }, { name: 'shim', depends: ['!sudo'] }];
      expect(chosenFrom(stanzas, 'sudo', 'shim')).toContain('    shim-1.0-r0 [!sudo] rules it out');
    });
  });

  describe('a request', () => {
    it('takes the last line for a name', () => {
      const stanzas = [
        { name: 'a', version: '1' },
        { name: 'a', version: '2' },
      ];
      expect(chosenFrom(stanzas, 'a=2', 'a=1')).toEqual(['a-1']);
    });

    it('may be empty', () => {
      expect(chosenFrom([{ name: 'a' }])).toEqual([]);
    });

    it('must consist of dependencies', () => {
      expect(() => chosenFrom([], 'a b')).toThrow(/“a b” is not a package request/);
    });
  });
});
