import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseDependency } from '../../../../scripts/apk/dependency.ts';
import { sha256 } from '../../../../scripts/core/digest.ts';
import { requestsFor } from '../../../../scripts/image/cluster-requests.ts';
import { aportsArchive } from '../../../../scripts/image/mkimage/aports/aports-cache.ts';
import { loadAports } from '../../../../scripts/image/mkimage/aports/aports.ts';
import { loadCluster } from '../../../../scripts/inputs/load-cluster.ts';
import { fetchClusterFile } from '../../../../scripts/workflows/fetch.ts';
import { lockClusterFile } from '../../../../scripts/workflows/lock.ts';
import { writeKeysFolder, writeRepository } from '../../../support/apk/alpine-repository.ts';
import { testKeyPair } from '../../../support/apk/apk-builder.ts';
import { minimalFile } from '../../../support/cluster/cluster-file.ts';
import { testSources } from '../../../support/apk/package-sources.ts';
import { testHost } from '../../../support/host/test-host.ts';
import { content, serve } from '../../../support/http/http-server.ts';

/** An archive of scripts, as a branch has them at some time. */
function archiveOf(base: string): Buffer {
  const file = (
    name: string,
    text: string,
  ): { name: string; executable: boolean; content: Buffer } => ({
    name,
    executable: name.endsWith('.sh'),
    content: Buffer.from(text),
  });
  const files = [file('mkimage.sh', '#!/bin/sh\n'), file('mkimg.base.sh', base)];
  return aportsArchive({ files, sha256: sha256('') });
}

test('fetch brings the scripts that the lock pins; a branch that moves on changes nothing', async () => {
  let served = archiveOf('then');
  const { url, requests } = await serve((request, response) => content(served)(request, response));
  const host = testHost();
  const at = (name: string): string => path.join(host.folder, name);
  const keys = testKeyPair();
  writeKeysFolder(at('keys'), keys);
  const alpine = { repositories: ['./repo'], keys: 'keys' };
  writeFileSync(at('cluster.yaml'), stringify(minimalFile({ rest: { alpine } })));
  const { cluster } = await loadCluster(host, 'cluster.yaml');
  const wanted = await requestsFor(host, cluster, 'mkimage');
  const names = Object.values({ ...wanted.requests })
    .flat()
    .flatMap((atom) => parseDependency(atom)?.name ?? []);
  const packages = [...new Set(names)].map((name) => ({ name }));
  writeRepository(at('repo'), packages, keys);
  const common = { clusterFile: 'cluster.yaml', sources: { offline: false } };
  const { lock, lockFile } = await lockClusterFile(host, {
    ...common,
    engine: { name: 'mkimage', aports: `${url}/aports.tar.gz` },
  });

  const elsewhere = testHost({ cwd: host.folder, cacheFolder: at('other-cache') });
  await fetchClusterFile(elsewhere, common);
  served = archiveOf('now');
  const about = { configured: cluster.alpine.aports, lockFile };
  for (const offline of [true, false]) {
    const { scripts } = await loadAports(
      testSources(elsewhere, cluster.alpine, { offline }),
      about,
    );
    expect(scripts.sha256).toBe(lock.aports?.sha256);
  }
  expect(requests).toHaveLength(2);

  const late = testHost({ cwd: host.folder, cacheFolder: at('third-cache') });
  await expect(fetchClusterFile(late, common)).rejects.toMatchObject({
    code: 'digest-mismatch',
    message: `aports' scripts: the scripts of ${url}/aports.tar.gz are not those of the lock`,
  });
});
