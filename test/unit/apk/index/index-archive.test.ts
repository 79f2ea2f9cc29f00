import { beforeAll, describe, expect, it } from 'vitest';
import {
  readIndexArchive,
  writeIndexArchive,
} from '../../../../scripts/apk/index/index-archive.ts';
import { encodeIndexCache } from '../../../../scripts/apk/index/scan/index-cache.ts';
import type { KeySet } from '../../../../scripts/apk/model.ts';
import type { KeyPair } from '../../../../scripts/apk/trust/keys.ts';
import { readSignatures, signatureMember } from '../../../../scripts/apk/trust/signature-member.ts';
import { exitCodeOf, VipisoError } from '../../../../scripts/core/errors.ts';
import { gzipMember } from '../../../../scripts/formats/gzip-members.ts';
import { writeTar } from '../../../../scripts/formats/tar/tar-writer.ts';
import { recordFor, testKeyPair, trusting } from '../../../support/apk/apk-builder.ts';
import { harmfulFlipsTaken } from '../../../support/apk/signature-flips.ts';

const records = [
  recordFor({ name: 'haproxy', depends: ['musl', '!nope'], provides: ['cmd:haproxy=1.0-r0'] }),
  recordFor({ name: 'musl', maintainer: 'Sören Tempel <s@example.org>', providerPriority: 7 }),
];
let pair: KeyPair;
let trusted: KeySet;
let archive: Buffer;

beforeAll(() => {
  pair = testKeyPair();
  trusted = trusting(pair);
  archive = writeIndexArchive({
    records,
    description: 'v1',
    epoch: 1_700_000_000,
    key: pair.signing,
  });
});

function codeOf(read: () => unknown): string {
  try {
    read();
    return 'none';
  } catch (error) {
    return error instanceof VipisoError ? error.code : String(error);
  }
}

describe('readIndexArchive', () => {
  it('gives back what writeIndexArchive wrote, and who signed it', () => {
    const read = readIndexArchive(archive, trusted);
    expect([...read.records]).toEqual(records);
    expect(read).toMatchObject({ description: 'v1', signer: pair.publicKey.name });
  });

  it('refuses a key it does not know, even one of the same name', () => {
    const stranger = testKeyPair('stranger');
    expect(codeOf(() => readIndexArchive(archive, trusting(stranger)))).toBe('signature-untrusted');
    const impostor = new Map([[pair.publicKey.name, stranger.publicKey.pem]]);
    expect(codeOf(() => readIndexArchive(archive, impostor))).toBe('signature-invalid');
  });

  it('refuses an index without a signature', () => {
    const signature = readSignatureMember();
    const unsigned = archive.subarray(signature.length);
    expect(codeOf(() => readIndexArchive(unsigned, trusted))).toBe('signature-untrusted');
    expect(readIndexArchive(unsigned, 'allow-untrusted').signer).toBeUndefined();
  });

  it('refuses it with any byte behind its signature flipped', () => {
    const codes = new Set<string>();
    for (let at = readSignatureMember().length; at < archive.length; at++) {
      const flipped = Buffer.from(archive);
      flipped[at] = (archive[at] ?? 0) ^ 0xff;
      codes.add(codeOf(() => readIndexArchive(flipped, trusted)));
    }
    expect([...codes].sort()).toEqual(['signature-invalid']);
  });

  it('refuses it with any bit or byte of its signature flipped that is not harmless', () => {
    const check = (bytes: Buffer): unknown => readIndexArchive(bytes, trusted);
    expect(harmfulFlipsTaken(archive, check)).toEqual([]);
  });

  it('refuses it cut short or with something behind it', () => {
    for (let length = 0; length < archive.length; length += 7) {
      const cut = archive.subarray(0, length);
      expect(codeOf(() => readIndexArchive(cut, trusted))).not.toBe('none');
    }
    const longer = Buffer.concat([archive, Buffer.from('x')]);
    expect(codeOf(() => readIndexArchive(longer, trusted))).toBe('signature-invalid');
    expect(codeOf(() => readIndexArchive(longer, 'allow-untrusted'))).toBe('malformed-index');
  });

  it('says that verification failed by exit code 4', () => {
    try {
      readIndexArchive(archive, trusting(testKeyPair('other')));
      expect.unreachable();
    } catch (error) {
      expect(exitCodeOf(error)).toBe(4);
    }
  });

  it('refuses archives without an index, and signature members with something else in them', () => {
    const file = { type: 'file', mode: 0o644, mtime: 0 } as const;
    const other = gzipMember(writeTar([{ ...file, path: 'OTHER' }], { endMark: true }));
    const signed = Buffer.concat([signatureMember(other, pair.signing, 0), other]);
    expect(codeOf(() => readIndexArchive(signed, trusted))).toBe('malformed-index');
    const content = writeTar([{ ...file, path: '.SIGN.RSA.../../evil' }], { endMark: false });
    const member = { compressed: Buffer.alloc(0), content };
    expect(() => readSignatures(member, { code: 'malformed-index', what: 'It' })).toThrow(
      /only signatures/,
    );
  });

  it('uses a cached form only when it is one of its own format', () => {
    const read = readIndexArchive(archive, trusted);
    const cache = Buffer.concat(encodeIndexCache(read));
    const again = readIndexArchive(archive, trusted, cache);
    expect([...again.records]).toEqual(records);
    expect(again.description).toBe('v1');
    expect(again.records.layout).toEqual(read.records.layout);
    const otherFormat = Buffer.concat([Buffer.from([cache[0] ?? 0, 0x55]), cache.subarray(2)]);
    for (const useless of [otherFormat, cache.subarray(0, 80), cache.subarray(0, 8)]) {
      expect([...readIndexArchive(archive, trusted, useless).records]).toEqual(records);
    }
    const stranger = testKeyPair('stranger');
    expect(codeOf(() => readIndexArchive(archive, trusting(stranger), cache))).toBe(
      'signature-untrusted',
    );
  });
});

describe('writeIndexArchive', () => {
  it('writes the same bytes whatever the order of the records', () => {
    const input = { description: 'v1', epoch: 1_700_000_000, key: pair.signing };
    const again = writeIndexArchive({ ...input, records: [...records].reverse() });
    expect(again.equals(archive)).toBe(true);
  });
});

/** The archive's first gzip member, found by making it again. */
function readSignatureMember(): Buffer {
  for (let length = 100; length < archive.length; length++) {
    const content = archive.subarray(length);
    if (content[0] !== 0x1f || content[1] !== 0x8b) continue;
    const member = signatureMember(content, pair.signing, 1_700_000_000);
    if (member.equals(archive.subarray(0, length))) return member;
  }
  throw new Error('the archive starts with no signature member');
}
