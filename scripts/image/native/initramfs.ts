import { createSign } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { SigningKey } from '../../apk/model.ts';
import type { Host } from '../../host/host.ts';
import type { Profile } from '../profile.ts';
import { writePlainFile } from '../root/plain.ts';
import { normaliseCpio } from './cpio.ts';
import { runInRoot } from './work-root.ts';
import type { WorkRoot } from './work-root.ts';

/**
 * Makes the initramfs by the root's own mkinitfs, as update-kernel calls it: with the root's /etc/apk/keys and the
 * modloop's signature inside.
 *
 * mkinitfs packs inode and device numbers of the file system it works on: the archive is made uncompressed, rewritten
 * without them, and compressed by the root's gzip.
 *
 * @param options.modloop absolute path of the finished modloop, which is signed here
 * @param options.output absolute path of the file to make
 */
export async function makeInitramfs(
  host: Host,
  work: WorkRoot,
  kernelVersion: string,
  options: {
    readonly profile: Profile;
    readonly modloop: string;
    readonly key: SigningKey;
    readonly output: string;
  },
): Promise<void> {
  const signature = `${path.basename(options.modloop)}.SIGN.RSA.${options.key.name}`;
  const archive = path.join(work.temp, 'initramfs.cpio');
  const signed = await signFile(options.modloop, options.key);
  await writePlainFile(path.join(work.temp, signature), signed);
  await runInRoot(host, work, [
    ...(['mkinitfs', '-q', '-b', '/', '-C', 'none', '-s', `/tmp/${signature}`] as const),
    ...['-F', features(options.profile), '-t', '/tmp/initramfs', '-o', '/tmp/initramfs.cpio'],
    kernelVersion,
  ]);
  await writeFile(archive, normaliseCpio(await readFile(archive), work.epoch));
  await runInRoot(host, work, ['gzip', '-9', '-n', '-c'], {
    stdin: { file: archive },
    stdout: { file: options.output },
  });
}

function features({ initramfs }: Profile): string {
  return [...new Set([...initramfs.features, 'base', 'squashfs'])].join(' ');
}

/** RSA PKCS#1 v1.5 over SHA-1, which is what OpenRC's modloop service checks by `openssl dgst -sha1`. */
async function signFile(file: string, key: SigningKey): Promise<Buffer> {
  const signer = createSign('RSA-SHA1');
  await pipeline(createReadStream(file), signer);
  return signer.sign(key.privateKeyPem);
}
