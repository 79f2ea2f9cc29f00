import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeIndexArchive } from '../../../scripts/apk/index/index-archive.ts';
import { PackageIndex } from '../../../scripts/apk/index/package-index.ts';
import type { PackageRecord } from '../../../scripts/apk/model.ts';
import { solve } from '../../../scripts/apk/solver/solve.ts';
import { recordFor, testKeyPair } from '../../support/apk/apk-builder.ts';
import { emptyRoot, REAL_APKS, runApk } from '../../support/apk/real-apk.ts';
import type { RealApk } from '../../support/apk/real-apk.ts';
import { temporaryFolder } from '../../support/host/test-host.ts';

const { signing } = testKeyPair();
const NAMES = ['aa', 'bb', 'cc', 'dd', 'ee', 'ff', 'gg'];
const VIRTUALS = ['v:x', 'v:y', 'cmd:z'];
const version = fc.constantFrom('1', '1.5', '2', '1.010', '1.09');
const atom = fc
  .tuple(
    fc.constantFrom('', '', '', '', '!'),
    fc.constantFrom(...NAMES, ...VIRTUALS),
    fc.oneof(
      { weight: 4, arbitrary: fc.constant('') },
      fc.tuple(fc.constantFrom('=', '<', '>=', '~'), version).map((parts) => parts.join('')),
    ),
  )
  .map((parts) => parts.join(''));
const atoms = fc.uniqueArray(atom, {
  maxLength: 2,
  selector: (text) => text.replace(/^!|[=<>~].*/g, ''),
});
const provided = fc
  .tuple(fc.constantFrom(...VIRTUALS, ...NAMES), fc.option(version, { nil: undefined }))
  .map(([name, of]) => (of === undefined ? name : `${name}=${of}`));
const record: fc.Arbitrary<PackageRecord> = fc
  .record({
    name: fc.constantFrom(...NAMES),
    version,
    depends: atoms,
    provides: fc.uniqueArray(provided, { maxLength: 3 }),
    installIf: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, atoms),
    providerPriority: fc.constantFrom(0, 0, 1, 10),
  })
  .map((fields) => withChecksum(recordFor(fields)));
/** As an index has it: apk takes stanzas of one checksum for one package. */
function withChecksum(fields: PackageRecord): PackageRecord {
  const digest = createHash('sha1').update(JSON.stringify(fields)).digest('base64');
  return { ...fields, checksum: `Q1${digest}` };
}

const records = fc.uniqueArray(record, {
  selector: ({ name, version: of }) => `${name}-${of}`,
  minLength: 6,
  maxLength: 16,
});
/** Lines of a repositories file; the second repository may be a tagged one. */
const sites = fc.tuple(records, records, fc.constantFrom('', '@t '));
const request = fc.uniqueArray(
  fc.tuple(atom, fc.boolean()).map(([text, tagged]) => ({ text, tagged })),
  { minLength: 1, maxLength: 3, selector: ({ text }) => text.replace(/^!|[=<>~].*/g, '') },
);

/** A refusal leads to the package that it speaks of as a need does: where that leads back, the refused one comes first. */
const REFUSED_FIRST: PackageRecord[] = [
  recordFor({ name: 'aa', version: '1' }),
  recordFor({ name: 'aa', version: '1.5', depends: ['bb'] }),
  recordFor({ name: 'bb', version: '1', depends: ['!aa=1'] }),
  recordFor({ name: 'cc', version: '1', depends: ['aa'], provides: ['v:x=1'] }),
].map(withChecksum);

/** Without one there is something to skip. */
const APKS: readonly RealApk[] =
  REAL_APKS.length > 0 ? REAL_APKS : [{ program: 'VIPISO_TEST_APK', generation: '3' }];

describe.skipIf(REAL_APKS.length === 0).each(APKS.map((apk) => [apk.program, apk] as const))(
  'the solver and %s',
  (_, apk) => {
    test('choose the same of random indexes, in the same order', () => {
      const site = temporaryFolder();
      const folders = ['first', 'second'].map((name) => path.join(site, name));
      for (const folder of folders) mkdirSync(path.join(folder, 'x86_64'), { recursive: true });
      const root = path.join(site, 'root');
      emptyRoot(apk, root, []);

      const property = fc.property(sites, request, ([first, second, tag], wanted) => {
        const indexes = [first, second].map((each) => PackageIndex.fromRecords(each));
        for (const [position, index] of indexes.entries()) {
          const archive = { records: [...index], description: '', epoch: 0, key: signing };
          const file = path.join(folders[position] ?? '', 'x86_64/APKINDEX.tar.gz');
          writeFileSync(file, writeIndexArchive(archive));
        }
        const lines = [`${folders[0] ?? ''}\n`, `${tag}${folders[1] ?? ''}\n`];
        writeFileSync(path.join(root, 'etc/apk/repositories'), lines.join(''));
        const atomsOf = wanted.map(({ text, tagged }) =>
          tagged && tag !== '' && /^[a-z:]+$/.test(text) ? `${text}@t` : text,
        );

        const args = ['--allow-untrusted', '--simulate', 'add', '--', ...atomsOf];
        const { status, stdout } = runApk(apk, root, args);
        const theirs = [...stdout.matchAll(/Installing (\S+?)(?:@t)? \((\S+)\)/g)];
        const outcome = solve({
          apk: apk.generation,
          request: atomsOf,
          repositories: indexes.map((index, position) => ({
            name: String(position),
            tag: position === 1 && tag !== '' ? 't' : undefined,
            records: index,
          })),
        });
        const ours = outcome.satisfiable
          ? outcome.packages.map(({ record: it }) => `${it.name}-${it.version}`)
          : undefined;
        const expected = theirs.map(([, name = '', of = '']) => `${name}-${of}`);
        expect(ours).toEqual(status === 0 ? expected : undefined);
      });
      const wanted = ['bb', 'v:x'].map((text) => ({ text, tagged: false }));
      const examples: [[typeof REFUSED_FIRST, PackageRecord[], ''], typeof wanted][] = [
        [[REFUSED_FIRST, [], ''], wanted],
      ];
      fc.assert(property, { numRuns: 60, endOnFailure: true, examples });
    });
  },
);
