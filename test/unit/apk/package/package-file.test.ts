import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { KeySet } from '../../../../scripts/apk/model.ts';
import { openPackage, recordOf } from '../../../../scripts/apk/package/package-file.ts';
import type { KeyPair } from '../../../../scripts/apk/trust/keys.ts';
import { signatureMember } from '../../../../scripts/apk/trust/signature-member.ts';
import { VipisoError } from '../../../../scripts/core/errors.ts';
import { gzipMember, readGzipMember } from '../../../../scripts/formats/gzip-members.ts';
import { writeTar } from '../../../../scripts/formats/tar/tar-writer.ts';
import type { TarInput } from '../../../../scripts/formats/tar/tar-writer.ts';
import { buildApk, testKeyPair, trusting } from '../../../support/apk/apk-builder.ts';
import { harmfulFlipsTaken } from '../../../support/apk/signature-flips.ts';

let pair: KeyPair;
let trusted: KeySet;
let apk: Buffer;

beforeAll(() => {
  pair = testKeyPair();
  trusted = trusting(pair);
  apk = buildApk(
    {
      name: 'hello',
      depends: ['musl>=1.2', '!bye'],
      provides: ['cmd:hello=1.0-r0'],
      installIf: ['openrc', 'world'],
      triggers: ['/bin', '/lib/*'],
      scripts: { 'post-install': '#!/bin/sh\n', trigger: '#!/bin/sh\necho\n' },
      files: [
        { path: 'usr/bin/hello', mode: 0o755, content: Buffer.from('#!/bin/sh\n') },
        { path: 'usr/bin/hi', type: 'symlink', linkTarget: 'hello' },
        { path: 'usr/bin/hullo', type: 'hardlink', linkTarget: 'usr/bin/hello' },
      ],
    },
    pair.signing,
  );
});

function codeOf(open: () => unknown): string {
  try {
    open();
    return 'none';
  } catch (error) {
    return error instanceof VipisoError ? error.code : String(error);
  }
}

describe('openPackage', () => {
  it('gives what the package says and holds', () => {
    const opened = openPackage(apk, { keys: trusted, record: recordOf(apk) });
    expect(opened.signature).toEqual({ status: 'ok', keyName: pair.publicKey.name });
    expect(opened.pkgInfo).toMatchObject({
      name: 'hello',
      depends: ['musl>=1.2', '!bye'],
      installIf: ['openrc', 'world'],
      triggers: ['/bin', '/lib/*'],
    });
    expect([...opened.scripts.keys()].sort()).toEqual(['post-install', 'trigger']);
    const entries = [...opened.entries()];
    expect(entries.map(({ path, type, linkTarget }) => [path, type, linkTarget])).toEqual([
      ['usr', 'directory', ''],
      ['usr/bin', 'directory', ''],
      ['usr/bin/hello', 'file', ''],
      ['usr/bin/hi', 'symlink', 'hello'],
      ['usr/bin/hullo', 'hardlink', 'usr/bin/hello'],
    ]);
    const sha1 = createHash('sha1').update('#!/bin/sh\n').digest('hex');
    expect(entries[2]).toMatchObject({ sha1, mode: 0o755, uid: 0, uname: 'root' });
  });

  it('makes the record that an index would hold', () => {
    expect(recordOf(apk)).toMatchObject({
      name: 'hello',
      version: '1.0-r0',
      size: apk.length,
      checksum: openPackage(apk).checksum,
      provides: ['cmd:hello=1.0-r0'],
    });
  });

  it('checks the record’s SHA-256 identity where an index uses that', () => {
    const control = controlMember(apk);
    const checksum = `Q2${createHash('sha256').update(control).digest('base64')}`;
    expect(openPackage(apk, { record: { ...recordOf(apk), checksum } }).checksum).toBe(checksum);
  });

  it('reports a key it does not know and refuses a forged signature', () => {
    const stranger = testKeyPair('stranger');
    expect(openPackage(apk, { keys: trusting(stranger) }).signature.status).toBe('unknown-key');
    const impostor = new Map([[pair.publicKey.name, stranger.publicKey.pem]]);
    expect(codeOf(() => openPackage(apk, { keys: impostor }))).toBe('signature-invalid');
  });

  it('refuses another package, size or checksum than the index names', () => {
    const record = recordOf(apk);
    const other = buildApk({ name: 'other' }, pair.signing);
    expect(codeOf(() => openPackage(other, { record }))).toBe('digest-mismatch');
    const sameSize = { ...record, size: other.length };
    expect(codeOf(() => openPackage(other, { record: sameSize }))).toBe('digest-mismatch');
  });

  it('refuses it with any byte behind its signature flipped', () => {
    const record = recordOf(apk);
    const codes = new Set<string>();
    for (let at = signatureLength(); at < apk.length; at++) {
      const flipped = Buffer.from(apk);
      flipped[at] = (apk[at] ?? 0) ^ 0xff;
      codes.add(codeOf(() => openPackage(flipped, { record, keys: trusted })));
    }
    expect([...codes].sort()).toEqual(['digest-mismatch', 'malformed-package']);
  });

  it('refuses it with any bit or byte of its signature flipped that is not harmless', () => {
    const record = recordOf(apk);
    const check = (bytes: Buffer): unknown => openPackage(bytes, { record, keys: trusted });
    expect(harmfulFlipsTaken(apk, check)).toEqual([]);
  });

  it('refuses it cut short anywhere', () => {
    for (let length = 0; length < apk.length; length += 5) {
      expect(codeOf(() => openPackage(apk.subarray(0, length)))).not.toBe('none');
    }
  });

  it('refuses a package without .PKGINFO', () => {
    const empty = gzipMember(writeTar([], { endMark: true }));
    expect(codeOf(() => openPackage(Buffer.concat([empty, empty])))).toBe('malformed-package');
  });
});

describe('the entries of a hostile package', () => {
  const base = { type: 'file', mode: 0o644, mtime: 0 } as const;

  it.each<[string, readonly TarInput[]]>([
    ['an absolute path', [{ ...base, path: '/etc/passwd' }]],
    ['a path that climbs', [{ ...base, path: 'usr/../../etc/passwd' }]],
    ['a control character in a path', [{ ...base, path: 'etc/a\nb' }]],
    ['an empty path', [{ ...base, path: '' }]],
    [
      'the same path twice',
      [
        { ...base, path: 'a' },
        { ...base, path: './a' },
      ],
    ],
    [
      'a hard link to the host',
      [{ ...base, type: 'hardlink', path: 'a', linkTarget: '/etc/shadow' }],
    ],
    ['a hard link that climbs', [{ ...base, type: 'hardlink', path: 'a', linkTarget: '../a' }]],
    ['a hard link to nothing', [{ ...base, type: 'hardlink', path: 'a', linkTarget: 'b' }]],
    ['a symbolic link to nowhere', [{ ...base, type: 'symlink', path: 'a', linkTarget: '' }]],
    [
      'a file below a symbolic link',
      [
        { ...base, type: 'symlink', path: 'etc', linkTarget: '/etc' },
        { ...base, path: 'etc/passwd' },
      ],
    ],
  ])('are refused: %s', (_, entries) => {
    const opened = openPackage(packageHolding(entries));
    expect(codeOf(() => [...opened.entries()])).toBe('malformed-package');
  });

  it('may be links to anywhere, devices and the root itself', () => {
    const opened = openPackage(
      packageHolding([
        { ...base, type: 'directory', path: './' },
        { ...base, type: 'symlink', path: 'bin/sh', linkTarget: '/bin/busybox' },
        { ...base, type: 'character-device', path: 'dev/null', device: { major: 1, minor: 3 } },
      ]),
    );
    expect([...opened.entries()].map(({ path }) => path)).toEqual(['', 'bin/sh', 'dev/null']);
  });

  it('are refused when something follows the data', () => {
    const data = gzipMember(writeTar([], { endMark: true }));
    const opened = openPackage(packageAround(Buffer.concat([data, data])));
    expect(codeOf(() => [...opened.entries()])).toBe('malformed-package');
  });
});

function packageHolding(entries: readonly TarInput[]): Buffer {
  return packageAround(gzipMember(writeTar(entries, { endMark: true })));
}

/** A package, sound but for what its data member is. */
function packageAround(data: Buffer): Buffer {
  const hash = createHash('sha256').update(data).digest('hex');
  const content = Buffer.from(`pkgname = evil\npkgver = 1\ndatahash = ${hash}\n`);
  const entry = { path: '.PKGINFO', type: 'file', mode: 0o644, mtime: 0, content } as const;
  const control = gzipMember(writeTar([entry], { endMark: false }));
  return Buffer.concat([signatureMember(control, pair.signing, 0), control, data]);
}

/** The second gzip member, found by its start and its SHA-1. */
function controlMember(file: Buffer): Buffer {
  const { checksum } = openPackage(file);
  for (let start = 1; start < file.length; start++) {
    for (let end = start + 18; file[start] === 0x1f && end < file.length; end++) {
      if (file[end] !== 0x1f || file[end + 1] !== 0x8b) continue;
      const member = file.subarray(start, end);
      if (`Q1${createHash('sha1').update(member).digest('base64')}` === checksum) return member;
    }
  }
  throw new Error('no control member');
}

function signatureLength(): number {
  const limits = { maxContent: 1 << 20, code: 'malformed-package', what: 'it' } as const;
  return readGzipMember(apk, 0, limits).compressed.length;
}
