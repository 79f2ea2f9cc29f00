import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  readIndexArchive,
  writeIndexArchive,
} from '../../../../scripts/apk/index/index-archive.ts';
import { openPackage, recordOf } from '../../../../scripts/apk/package/package-file.ts';
import { keySetOf } from '../../../../scripts/apk/trust/keys.ts';
import type { KeyPair } from '../../../../scripts/apk/trust/keys.ts';
import {
  readSignatures,
  signatureArchive,
  signatureMember,
} from '../../../../scripts/apk/trust/signature-member.ts';
import { VipisoError } from '../../../../scripts/core/errors.ts';
import { gzipMember, readGzipMember } from '../../../../scripts/formats/gzip-members.ts';
import { formatPaxRecord } from '../../../../scripts/formats/tar/tar-pax.ts';
import { readTar } from '../../../../scripts/formats/tar/tar-reader.ts';
import { tarHeader, writeTar } from '../../../../scripts/formats/tar/tar-writer.ts';
import type { TarInput } from '../../../../scripts/formats/tar/tar-writer.ts';
import { buildApk, recordFor, testKeyPair, trusting } from '../../../support/apk/apk-builder.ts';
import { signatureTar, signedBy } from '../../../support/apk/signature-tar.ts';
import type { SignatureForm, SignatureKind } from '../../../support/apk/signature-tar.ts';
import { requireTools } from '../../../support/host/require-tools.ts';

const LIMITS = { maxContent: 1024 * 1024, code: 'malformed-index', what: 'It' } as const;
const EPOCH = 1_700_000_000;
const TODAY = path.resolve(import.meta.dirname, '../../../../../shared/alpine-today');
let pair: KeyPair;
/** What is signed: an index without its signature, a package likewise. */
let index: Buffer;
let apk: Buffer;

beforeAll(() => {
  pair = testKeyPair();
  const records = [recordFor({ name: 'musl' })];
  index = unsigned(
    writeIndexArchive({ records, description: 'v1', epoch: EPOCH, key: pair.signing }),
  );
  apk = unsigned(buildApk({ name: 'hello' }, pair.signing));
});

function unsigned(file: Buffer): Buffer {
  return file.subarray(readGzipMember(file, 0, LIMITS).compressed.length);
}

/** The first member of a package is what its signature is over. */
function signedPackage(form: SignatureForm, kind: SignatureKind): Buffer {
  const control = readGzipMember(apk, 0, LIMITS).compressed;
  return Buffer.concat([gzipMember(signatureTar(control, pair, { form, kind })), apk]);
}

describe.runIf(requireTools('openssl', 'tar'))('a signature by openssl and GNU tar', () => {
  const kinds = ['RSA', 'RSA256', 'RSA512'] as const;
  const forms = ['today', 'old'] as const;

  it.each(forms.flatMap((form) => kinds.map((kind) => [form, kind] as const)))(
    'is read in the form of %s, %s, of indexes and packages',
    (form, kind) => {
      const { name } = pair.publicKey;
      const archive = signedBy(index, pair, { form, kind });
      expect(readIndexArchive(archive, trusting(pair)).signer).toBe(name);
      const file = signedPackage(form, kind);
      const opened = openPackage(file, { keys: trusting(pair), record: recordOf(file) });
      expect(opened.signature).toEqual({ status: 'ok', keyName: name });
    },
  );

  it.each(forms)('is checked in the form of %s', (form) => {
    const stranger = testKeyPair('stranger');
    const archive = signedBy(index, pair, { form });
    const impostor = new Map([[pair.publicKey.name, stranger.publicKey.pem]]);
    expect(() => readIndexArchive(archive, impostor)).toThrow(/not what the key/);
    expect(() => readIndexArchive(archive, trusting(stranger))).toThrow(/not among the trusted/);
    const file = signedPackage(form, 'RSA');
    expect(() => openPackage(file, { keys: impostor })).toThrow(/not what the key/);
  });

  it('may record a fraction of a second, as abuild-sign makes without SOURCE_DATE_EPOCH', () => {
    const archive = signedBy(index, pair, { form: 'today', mtime: EPOCH + 0.25 });
    const [entry] = readTar(readGzipMember(archive, 0, LIMITS).content, LIMITS);
    expect(entry?.pax.get('mtime')).toBe(`${EPOCH}.25`);
    expect(readIndexArchive(archive, trusting(pair)).signer).toBe(pair.publicKey.name);
  });

  it('is what ours is, byte for byte where GNU tar is 1.35 or later', () => {
    const ours = readGzipMember(signatureMember(index, pair.signing, EPOCH), 0, LIMITS).content;
    const theirs = signatureTar(index, pair, { form: 'today', mtime: EPOCH });
    expect(withoutDevice(ours).equals(withoutDevice(theirs))).toBe(true);
  });

  it.each(forms)('that has another file behind it is refused in the form of %s', (form) => {
    const archive = signedBy(index, pair, { form, others: { '.PKGINFO': 'pkgname = evil\n' } });
    expect(() => readIndexArchive(archive, trusting(pair))).toThrow(/“.+” where only signatures/);
  });
});

describe('signature members', () => {
  it('may carry signatures by several keys, each with times of its own', () => {
    const other = testKeyPair('other');
    const members = [other, pair].map((it) => tarOf(signatureMember(index, it.signing, EPOCH)));
    const archive = Buffer.concat([gzipMember(Buffer.concat(members)), index]);
    expect(readIndexArchive(archive, trusting(pair)).signer).toBe(pair.publicKey.name);
    expect(readIndexArchive(archive, trusting(other)).signer).toBe(other.publicKey.name);
  });

  it.each<[string, RegExp, () => Buffer]>([
    ['an extended header before something else', /“OTHER” where only/, () => disguised('OTHER')],
    ['a name in the extended header', /sets “path”/, () => withRecords({ path: signatureName() })],
    ['another name in the extended header', /sets “path”/, () => withRecords({ path: 'x' })],
    ['a size in the extended header', /sets “size”/, () => withRecords({ size: '256' })],
    ['a link in the extended header', /sets “linkpath”/, () => withRecords({ linkpath: 'x' })],
    ['an owner in the extended header', /sets “uid”/, () => withRecords({ uid: '1' })],
    ['a checksum in it', /sets “APK-TOOLS/, () => withRecords({ 'APK-TOOLS.checksum.SHA1': '0' })],
    ['a time that is none', /sets “atime”/, () => withRecords({ atime: '0 ' })],
    ['two extended headers', /two extended headers/, () => cat(times(), plain())],
    ['an extended header alone', /followed by no signature/, () => cat(plain(), times())],
    ['a long name of GNU tar', /“x” where only signatures/, () => cat(longName(), plain())],
    ['a file behind it', /“OTHER” where only/, () => cat(plain(), fileTar('OTHER'))],
    ['zeros behind it', /something follows/, () => cat(plain(), Buffer.alloc(512))],
    ['an end mark behind it', /something follows/, () => cat(plain(), Buffer.alloc(1024))],
    ['bytes behind it', /ends inside a header/, () => cat(plain(), Buffer.from('x'))],
    ['a signature in a folder', /“a\/\.SIGN/, () => fileTar(`a/${signatureName()}`)],
    ['a signature that is a link', /“\.SIGN/, () => linkTar()],
    ['an unknown kind', /“\.SIGN\.DSA/, () => fileTar(signatureName().replace('RSA', 'DSA'))],
    ['a prefix of ustar', /“\.SIGN/, () => withPrefix()],
    ['a header that is not ustar', /“\.SIGN/, () => withMagic('nothing')],
  ])('are refused with %s', (_, message, tar) => {
    const archive = Buffer.concat([gzipMember(tar()), index]);
    const file = Buffer.concat([gzipMember(tar()), apk]);
    for (const trust of [trusting(pair), 'allow-untrusted'] as const) {
      const error = failureOf(() => readIndexArchive(archive, trust));
      expect(error).toMatchObject({ code: 'malformed-index' });
      expect(error?.message).toMatch(message);
    }
    expect(failureOf(() => openPackage(file))).toMatchObject({ code: 'malformed-package' });
  });

  it('are nowhere but in front', () => {
    const late = cat(fileTar('.PKGINFO', 'pkgname = x\npkgver = 1\n'), fileTar('.SIGN.RSA.x'));
    const data = gzipMember(Buffer.alloc(1024));
    expect(() => openPackage(Buffer.concat([gzipMember(late), data]))).toThrow(
      /“\.SIGN\.RSA\.x” where no signature/,
    );
    const archive = gzipMember(cat(fileTar('APKINDEX'), fileTar('.SIGN.RSA.x')));
    expect(() => readIndexArchive(archive, 'allow-untrusted')).toThrow(/where no signature/);
  });

  it('and what is none: an extended header before content is content', () => {
    const control = unsignedControl();
    expect(openPackage(control).signature).toEqual({ status: 'unsigned' });
    const archive = gzipMember(writeTar([withTimes('APKINDEX')], { endMark: true }));
    expect(() => readIndexArchive(archive, trusting(pair))).toThrow(/carries no signature/);
  });
});

describe.runIf(existsSync(TODAY))('files of repositories as they are made today', () => {
  const files = ['xlibre/x86_64', 'cakgok/x86_64'].flatMap(filesIn);
  const keys = keySetOf(
    filesIn('keys').map((file) => ({
      name: path.basename(file),
      pem: readFileSync(file, 'utf8'),
    })),
  );

  it.each(files.filter((it) => it.endsWith('.apk')))('verify: %s', (file) => {
    const opened = openPackage(readFileSync(file), { keys });
    expect(opened.signature.status).toBe('ok');
    expect([...opened.entries()].length).toBeGreaterThan(0);
  });

  it.each(files.filter((it) => it.endsWith('.tar.gz')))('verify: %s', (file) => {
    const { signer, records } = readIndexArchive(readFileSync(file), keys);
    expect(keys.has(signer ?? '')).toBe(true);
    expect(records.size).toBeGreaterThan(0);
  });

  it.each(files)('hold the archive of signatures that ours would be: %s', (file) => {
    const member = readGzipMember(readFileSync(file), 0, LIMITS);
    const [signature] = readSignatures(member, LIMITS);
    const [entry] = readTar(member.content, LIMITS);
    if (signature === undefined || entry === undefined) throw new Error('no signature');
    const ours = signatureArchive(signature, entry.mtime);
    // Without SOURCE_DATE_EPOCH the fraction of a second is recorded, too.
    if (!entry.pax.has('mtime')) expect(ours.equals(member.content)).toBe(true);
  });
});

/** Before 1.35 GNU tar writes device numbers for files, too: they are blanked, and the checksum that counts them. */
function withoutDevice(tar: Buffer): Buffer {
  const entry = 1024;
  return Buffer.from(tar)
    .fill(0, entry + 148, entry + 156)
    .fill(0, entry + 329, entry + 345);
}

function failureOf(work: () => unknown): VipisoError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof VipisoError) return error;
    throw error;
  }
}

function tarOf(member: Buffer): Buffer {
  return readGzipMember(member, 0, LIMITS).content;
}

function cat(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts);
}

function signatureName(): string {
  return `.SIGN.RSA.${pair.publicKey.name}`;
}

/** The sound signature of the index, in today's form. */
function plain(): Buffer {
  return tarOf(signatureMember(index, pair.signing, EPOCH));
}

function fileOf(name: string, text = ''): TarInput {
  return { path: name, type: 'file', mode: 0o644, mtime: EPOCH, content: Buffer.from(text) };
}

function withTimes(name: string): TarInput {
  return { ...fileOf(name), pax: new Map([['atime', '0']]) };
}

function fileTar(name: string, text = ''): Buffer {
  return writeTar([fileOf(name, text)], { endMark: false });
}

/** An extended header of times, by itself. */
function times(): Buffer {
  return tarHeader(withTimes('x'), 0).subarray(0, 1024);
}

/** An extended header that is named after a signature, before another file. */
function disguised(name: string): Buffer {
  return cat(tarHeader(withTimes(signatureName()), 0).subarray(0, 1024), fileTar(name));
}

/** A signature whose extended header says more than times. */
function withRecords(records: Readonly<Record<string, string>>): Buffer {
  const content = readSignatures({ compressed: Buffer.alloc(32), content: plain() }, LIMITS)[0];
  const pax = new Map(Object.entries({ ctime: '0', ...records }));
  const input = { ...fileOf(signatureName()), content: content?.bytes, pax };
  return writeTar([input], { endMark: false });
}

function longName(): Buffer {
  const name = Buffer.from(`${signatureName()}\0`);
  const tar = writeTar([{ ...fileOf('x'), content: name }], { endMark: false });
  return patched(tar, (header) => header.write('L', 156));
}

function linkTar(): Buffer {
  const link = { ...fileOf(signatureName()), type: 'symlink', linkTarget: 'x' } as const;
  return writeTar([link], { endMark: false });
}

function withPrefix(): Buffer {
  return patched(fileTar(signatureName()), (header) => header.write('a', 345));
}

function withMagic(magic: string): Buffer {
  return patched(fileTar(signatureName()), (header) => header.write(magic, 257, 6, 'latin1'));
}

/** Changes the first header and makes its checksum right again. */
function patched(tar: Buffer, change: (header: Buffer) => unknown): Buffer {
  const copy = Buffer.from(tar);
  const header = copy.subarray(0, 512);
  change(header);
  header.write(' '.repeat(8), 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return copy;
}

/** A package that nobody signed, its control archive made by today's tar: an extended header comes first. */
function unsignedControl(): Buffer {
  const [entry] = readTar(readGzipMember(apk, 0, LIMITS).content, LIMITS);
  const control = writeTar([{ ...withTimes('.PKGINFO'), content: entry?.content }], {
    endMark: false,
  });
  expect(control.indexOf(formatPaxRecord('atime', '0'))).toBe(512);
  return Buffer.concat([gzipMember(control), unsigned(apk)]);
}

/** Absolute paths; none where the folder is not beside the checkout: tests are named before they are skipped. */
function filesIn(folder: string): string[] {
  const place = path.join(TODAY, folder);
  return existsSync(place) ? readdirSync(place).map((name) => path.join(place, name)) : [];
}
