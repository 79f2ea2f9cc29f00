import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeIndexArchive } from '../../../../scripts/apk/index/index-archive.ts';
import { readIndex } from '../../../../scripts/apk/index/index-format.ts';
import { openPackage } from '../../../../scripts/apk/package/package-file.ts';
import { exitCodeOf } from '../../../../scripts/core/errors.ts';
import { recordFor, testKeyPair, trusting } from '../../../support/apk/apk-builder.ts';

const CHIMERA = path.resolve(
  import.meta.dirname,
  '../../../../../shared/alpine-today/chimera/x86_64',
);
const NAMED = { code: 'unsupported-format', hint: expect.stringContaining('format 2') as unknown };

function failureOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('files of apk-tools 3', () => {
  it.each(['ADB.', 'ADBd', 'ADBc'])('are named by their magic: %s', (magic) => {
    const bytes = Buffer.concat([Buffer.from(magic), Buffer.alloc(100)]);
    for (const trust of [new Map<string, string>(), 'allow-untrusted'] as const) {
      const error = failureOf(() => readIndex(bytes, trust, { what: 'x/Packages.adb' }));
      expect(error).toMatchObject({
        ...NAMED,
        message: expect.stringMatching(
          /^x\/Packages\.adb is in the format of apk-tools 3/,
        ) as unknown,
      });
      expect(exitCodeOf(error)).toBe(4);
    }
    expect(failureOf(() => openPackage(bytes, { what: 'hello.apk' }))).toMatchObject({
      ...NAMED,
      message: expect.stringMatching(/^hello\.apk is in the format of apk-tools 3/) as unknown,
    });
  });

  it('are not what only looks a little like them', () => {
    const bytes = Buffer.from('ADBx and more');
    expect(failureOf(() => readIndex(bytes, 'allow-untrusted'))).toMatchObject({
      code: 'malformed-index',
    });
    expect(failureOf(() => openPackage(bytes))).toMatchObject({ code: 'malformed-package' });
  });

  it('leave those of format 2 as they are', () => {
    const keys = testKeyPair();
    const records = [recordFor({ name: 'musl' })];
    const index = writeIndexArchive({ records, description: 'x', epoch: 0, key: keys.signing });
    expect([...readIndex(index, trusting(keys)).records]).toEqual(records);
  });

  it.runIf(existsSync(CHIMERA))('are told when they come from a real repository', () => {
    for (const name of readdirSync(CHIMERA)) {
      const bytes = readFileSync(path.join(CHIMERA, name));
      const read = name.endsWith('.apk')
        ? () => openPackage(bytes)
        : () => readIndex(bytes, 'allow-untrusted');
      expect(failureOf(read)).toMatchObject(NAMED);
    }
  });
});
