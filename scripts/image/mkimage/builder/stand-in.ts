import { createHash } from 'node:crypto';
import type { SigningKey } from '../../../apk/model.ts';
import { signatureMember } from '../../../apk/trust/signature-member.ts';
import { gzipMember } from '../../../formats/gzip-members.ts';
import { writeTar } from '../../../formats/tar/tar-writer.ts';
import type { MadePackage } from '../../../packages/package-repository.ts';

/**
 * Packages that mkimage's kernel section and update-kernel ask for by name whatever the image is for
 * (`linux-firmware`: half a gigabyte).
 */
const ASKED_BY_NAME = ['linux-firmware', 'wireless-regdb'];

const VERSION = '0-r0';

/**
 * What takes the place of firmware packages that the lock does not hold: packages without a file. They lie in the
 * repository that mkimage sees and never on an image, whose packages are those of the lock.
 *
 * @param locked names of the packages that mkimage gets from the lock
 */
export function standIns(
  locked: ReadonlySet<string>,
  about: { readonly arch: string; readonly epoch: number; readonly key: SigningKey },
): readonly MadePackage[] {
  return ASKED_BY_NAME.filter((name) => !locked.has(name)).map((name) => ({
    name,
    version: VERSION,
    bytes: emptyPackage(name, about),
  }));
}

function emptyPackage(
  name: string,
  { arch, epoch, key }: { readonly arch: string; readonly epoch: number; readonly key: SigningKey },
): Buffer {
  const data = gzipMember(writeTar([], { endMark: true }));
  const info = [
    ['pkgname', name],
    ['pkgver', VERSION],
    ['pkgdesc', 'Stand-in without files: the image profile asks for no firmware'],
    ['builddate', epoch],
    ['size', 0],
    ['arch', arch],
    ['license', 'none'],
    ['datahash', createHash('sha256').update(data).digest('hex')],
  ];
  const text = info.map(([field, value]) => `${field ?? ''} = ${value ?? ''}\n`).join('');
  const entry = { path: '.PKGINFO', type: 'file', mode: 0o644, mtime: epoch } as const;
  const control = gzipMember(
    writeTar([{ ...entry, content: Buffer.from(text) }], { endMark: false }),
  );
  return Buffer.concat([signatureMember(control, key, epoch), control, data]);
}
