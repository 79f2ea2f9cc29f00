import type { KeySet, PackageRecord, SigningKey } from '../../../scripts/apk/model.ts';
import { generateKeyPair, keySetOf } from '../../../scripts/apk/trust/keys.ts';
import type { KeyPair } from '../../../scripts/apk/trust/keys.ts';
import { writeApk } from '../../lab/apk-writer.ts';
import type { ApkInput } from '../../lab/apk-writer.ts';

/** A key pair for one test file; small, for making large ones takes a second. */
export function testKeyPair(prefix = 'test'): KeyPair {
  return generateKeyPair(prefix, 2048);
}

export function trusting(...pairs: readonly KeyPair[]): KeySet {
  return keySetOf(pairs.map((pair) => pair.publicKey));
}

/** A valid signed package; everything but the name has a default. */
export function buildApk(input: Partial<ApkInput> & { name: string }, key: SigningKey): Buffer {
  return writeApk(
    {
      version: '1.0-r0',
      arch: 'x86_64',
      description: 'test',
      license: 'MIT',
      buildTime: 0,
      ...input,
    },
    key,
  );
}

/** An index entry without a package behind it, for tests of indexes and solving. */
export function recordFor(fields: Partial<PackageRecord> & { name: string }): PackageRecord {
  const version = fields.version ?? '1.0-r0';
  return {
    version,
    arch: 'x86_64',
    checksum: `Q1${Buffer.from(`${fields.name}-${version}`).toString('base64')}`,
    size: 1000,
    installedSize: 4096,
    description: `${fields.name} of the test`,
    url: 'https://example.org',
    license: 'MIT',
    origin: fields.name,
    maintainer: '',
    buildTime: 0,
    commit: '',
    providerPriority: 0,
    depends: [],
    provides: [],
    installIf: [],
    replaces: [],
    ...fields,
  };
}
