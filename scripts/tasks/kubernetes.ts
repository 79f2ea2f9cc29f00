/**
 * `npm run test:kubernetes`: real API servers on the emulated LAN. VIPISO_KUBERNETES names a folder with `etcd`,
 * `kube-apiserver` and, where there is one, `kubectl`; without it they are made from Debian's packages and sources, which
 * takes some ten minutes once.
 */
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { $, which } from 'zx';
import { makePrograms } from './kubernetes/make-programs.ts';

const NEEDS = ['apt-get', 'dpkg-deb', 'dpkg-source', 'make', 'gcc'];

const named = process.env['VIPISO_KUBERNETES'];
const cache = process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache');
const work = path.join(cache, 'vipiso-kubernetes');
const folder = named ?? path.join(work, 'bin');
const missing: string[] = [];
for (const tool of NEEDS) if ((await which(tool, { nothrow: true })) === null) missing.push(tool);

const isThere = named !== undefined || existsSync(path.join(folder, 'kube-apiserver'));
if (!isThere && missing.length > 0) {
  console.error(
    `SKIPPED: the tests with real API servers. To make kube-apiserver this needs Debian's ${missing.join(', ')}; or name a folder that has etcd and kube-apiserver: VIPISO_KUBERNETES=DIR npm run test:kubernetes`,
  );
  process.exitCode = process.env['CI'] === undefined ? 0 : 5;
} else {
  if (!isThere) await makePrograms(work);
  const shell = $({
    ...{ stdio: 'inherit', nothrow: true, verbose: false },
    env: { ...process.env, VIPISO_KUBERNETES: folder },
  });
  const { exitCode } = await shell`npx vitest run --project kubernetes`;
  process.exitCode = exitCode ?? 1;
}
