import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SigningKey } from '../../../apk/model.ts';
import { rsaSignature } from '../../../apk/trust/sign.ts';
import { normaliseCpio } from '../../../formats/cpio.ts';
import type { Host } from '../../../host/host.ts';
import type { Profile } from '../../profile.ts';
import { INPUTS, RESULTS, runInRoot } from './work-root.ts';
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
  const made = path.join(work.temp, 'made.cpio');
  const archive = path.join(work.temp, 'initramfs.cpio');
  const signed = rsaSignature(await readFile(options.modloop), options.key);
  await runInRoot(
    host,
    work,
    [
      ...(['mkinitfs', '-q', '-b', '/', '-C', 'none', '-s', `${INPUTS}/${signature}`] as const),
      ...['-F', features(options.profile), '-t', `${RESULTS}/initramfs`],
      ...['-o', `${RESULTS}/initramfs.cpio`, kernelVersion],
    ],
    {
      inputs: new Map([[signature, signed]]),
      results: new Map([['initramfs.cpio', made]]),
    },
  );
  await writeFile(archive, normaliseCpio(await readFile(made), work.epoch));
  await runInRoot(host, work, ['gzip', '-9', '-n', '-c'], {
    stdin: { file: archive },
    stdout: { file: options.output },
  });
}

function features({ initramfs }: Profile): string {
  return [...new Set([...initramfs.features, 'base', 'squashfs'])].join(' ');
}
