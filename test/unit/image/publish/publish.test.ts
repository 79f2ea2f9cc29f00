import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../../scripts/core/digest.ts';
import { formatChecksums } from '../../../../scripts/image/publish/checksums.ts';
import { Manifest, formatManifest } from '../../../../scripts/image/publish/manifest.ts';

const digest = sha256('x');
const manifest: Manifest = {
  images: [
    { overlay: digest, role: 'MASTER', node: 'lb-1', sha256: digest, size: 1, file: 'lb-1.iso' },
  ],
  tools: { xorriso: 'xorriso 1.5.4' },
  signingKey: { name: 'vipiso-1.rsa.pub', fingerprint: digest },
  keys: [],
  sourceDateEpoch: 1,
  volumeId: 'VIPISO-00000000',
  base: digest,
  lock: digest,
  profile: 'virt',
  engine: 'native',
  cluster: 'k8s',
  schema: 1,
};

describe('the manifest', () => {
  test("has the schema's key order, whatever the order it was put together in", () => {
    const text = formatManifest(manifest);
    expect(Object.keys(JSON.parse(text) as object)).toEqual(
      Object.keys(Manifest.shape).filter((key) => key in manifest),
    );
    expect(Manifest.parse(JSON.parse(text))).toEqual(manifest);
  });

  test('cannot carry anything that the schema does not know', () => {
    const more = { ...manifest, builtIn: '/home/someone' };
    expect(() => formatManifest(more)).toThrow('builtIn');
  });
});

describe('checksums', () => {
  test('are lines of sha256sum, sorted by name', () => {
    const sums = new Map([
      ['lb-2.iso', sha256('b')],
      ['lb-1.iso', sha256('a')],
    ]);
    expect(formatChecksums(sums)).toBe(`${sha256('a')}  lb-1.iso\n${sha256('b')}  lb-2.iso\n`);
  });
});
