import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import fc from 'fast-check';
import { extract, pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { readTar } from '../../../../scripts/formats/tar/tar-reader.ts';
import type { TarEntry } from '../../../../scripts/formats/tar/tar-reader.ts';
import { writeTar } from '../../../../scripts/formats/tar/tar-writer.ts';
import type { TarInput } from '../../../../scripts/formats/tar/tar-writer.ts';

const context = { code: 'malformed-package', what: 'x.apk' } as const;

function read(archive: Buffer): TarEntry[] {
  return [...readTar(archive, context)];
}

const path = fc.array(fc.stringMatching(/^[a-zA-Zé0-9._-]{1,40}$/), { minLength: 1, maxLength: 6 });
const input: fc.Arbitrary<TarInput> = fc.record({
  path: path.map((parts) => parts.join('/')),
  type: fc.constant('file' as const),
  mode: fc.nat(0o7777),
  mtime: fc.nat(2 ** 32),
  uid: fc.nat(65_535),
  gid: fc.nat(65_535),
  content: fc.uint8Array({ maxLength: 1500 }).map((bytes) => Buffer.from(bytes)),
});

describe('writeTar and readTar', () => {
  it('give back what went in', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 5 }), fc.boolean(), (entries, endMark) => {
        const found = read(writeTar(entries, { endMark }));
        expect(
          found.map(({ path: name, mode, mtime, uid, gid, content }) => {
            return { path: name, type: 'file', mode, mtime, uid, gid, content };
          }),
        ).toEqual(entries);
      }),
    );
  });

  it('carry links, devices and extended headers', () => {
    const pax = new Map([['APK-TOOLS.checksum.SHA1', 'ab'.repeat(20)]]);
    const target = 'deep/'.repeat(50);
    const base = { mode: 0o644, mtime: 1 };
    const [link, device, hashed] = read(
      writeTar(
        [
          { ...base, path: 'link', type: 'symlink', linkTarget: target },
          { ...base, path: 'null', type: 'character-device', device: { major: 1, minor: 3 } },
          { ...base, path: 'file', type: 'file', content: Buffer.from('x'), pax },
        ],
        { endMark: true },
      ),
    );
    expect(link).toMatchObject({ type: 'symlink', linkTarget: target });
    expect(device).toMatchObject({ type: 'character-device', device: { major: 1, minor: 3 } });
    expect(hashed?.pax).toEqual(pax);
  });
});

describe('readTar', () => {
  it('reads what tar-stream writes', async () => {
    const long = `${'folder/'.repeat(30)}file`;
    const packed = pack();
    packed.entry({ name: 'dir', type: 'directory', mode: 0o750 });
    packed.entry({ name: long, mode: 0o600, mtime: new Date(5000) }, 'content');
    packed.entry({ name: 'ln', type: 'link', linkname: long });
    packed.finalize();
    const entries = read(await buffer(packed));
    expect(entries.map(({ path: name, type }) => [name.replace(/\/$/, ''), type])).toEqual([
      ['dir', 'directory'],
      [long, 'file'],
      ['ln', 'hardlink'],
    ]);
    expect(entries[1]?.content.toString()).toBe('content');
  });

  const sound = writeTar(
    [{ path: 'a', type: 'file', mode: 0o644, mtime: 1, content: Buffer.from('hello') }],
    { endMark: true },
  );

  it('refuses a flipped byte anywhere but in the content', () => {
    for (let at = 0; at < sound.length; at++) {
      if (at >= 512 && at < 517) continue;
      const flipped = Buffer.from(sound);
      flipped[at] = (sound[at] ?? 0) ^ 0xff;
      expect(() => read(flipped), `byte ${at}`).toThrow(/not a valid tar archive|malformed/);
    }
  });

  it.each([
    ['it ends inside a header', sound.subarray(0, 300)],
    ['an entry is longer than the archive', sound.subarray(0, 600)],
    ['data follows its end mark', Buffer.concat([sound, sound])],
  ])('says that %s', (reason, archive) => {
    expect(() => read(archive)).toThrow(reason);
  });

  it('refuses global headers', () => {
    expect(() => read(withType(sound, 'g'))).toThrow(/global/);
  });

  it('refuses data behind a link', () => {
    expect(() => read(withType(sound, '2'))).toThrow(/carries data/);
  });

  it('refuses a malformed extended header', () => {
    expect(() => read(withType(sound, 'x'))).toThrow(/malformed extended header/);
  });
});

/** The archive with its first entry's type changed and the checksum made right again. */
function withType(archive: Buffer, type: string): Buffer {
  const changed = Buffer.from(archive);
  changed.write(type, 156, 'latin1');
  changed.write(' '.repeat(8), 148, 'latin1');
  const sum = changed.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return changed;
}

describe('writeTar', () => {
  it('is read by tar-stream', async () => {
    const archive = writeTar(
      [
        { path: 'etc', type: 'directory', mode: 0o755, mtime: 1 },
        {
          path: `etc/${'x'.repeat(150)}`,
          type: 'file',
          mode: 0o644,
          mtime: 1,
          content: Buffer.from('y'),
        },
      ],
      { endMark: true },
    );
    const names: string[] = [];
    const extractor = extract();
    extractor.on('entry', (header, stream, next) => {
      names.push(header.name);
      stream.resume();
      stream.on('end', next);
    });
    extractor.end(archive);
    await finished(extractor);
    expect(names).toEqual(['etc', `etc/${'x'.repeat(150)}`]);
  });
});
