import path from 'node:path';
import { sha256 } from '../../../scripts/core/digest.ts';
import type { MkimageInputs } from '../../../scripts/image/mkimage/inputs.ts';
import type { PackageFile } from '../../../scripts/packages/package-files.ts';
import { testKeyPair } from '../apk/apk-builder.ts';
import { testProfile } from './image-inputs.ts';

const pair = testKeyPair('vipiso');

/** A locked package without a file. */
export function lockedPackage(name: string, content: string = name): PackageFile {
  const locked = {
    ...{ name, version: '1-r0', arch: 'x86_64', repository: 'main', size: 1, origin: name },
    ...{ checksum: 'Q1', sha256: sha256(content), for: ['image' as const] },
  };
  return { locked, path: path.join('/nonexistent', name) };
}

export function mkimageInputs(changes: Partial<MkimageInputs> = {}): MkimageInputs {
  return {
    arch: 'x86_64',
    branch: 'v3.19',
    flavour: 'virt',
    profileName: 'virt',
    profile: testProfile(),
    modules: 'all',
    epoch: 1_700_000_000,
    imagePackages: [lockedPackage('alpine-base'), lockedPackage('haproxy')],
    kernelPackages: [lockedPackage('linux-virt')],
    builder: { from: 'lock', packages: [lockedPackage('abuild')] },
    builderRequests: ['abuild'],
    siteKey: { signing: pair.signing, publicKeyPem: pair.publicKey.pem },
    packageKeys: new Map(),
    scripts: { files: [], sha256: sha256('scripts') },
    ...changes,
  };
}

export const PACKAGE_ROOT = path.resolve(import.meta.dirname, '../../..');
