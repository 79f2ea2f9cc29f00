import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { generateKeyPair } from '../../../scripts/apk/trust/keys.ts';
import { Manifest } from '../../../scripts/image/publish/manifest.ts';
import { lockClusterFile } from '../../../scripts/workflows/lock.ts';
import { writeKeysFolder } from '../../support/apk/alpine-repository.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { temporaryFolder } from '../../support/host/test-host.ts';
import { labSource, makeSite, sourceFlags } from '../../support/images/build-site.ts';
import { suiteHost } from '../../support/images/lab-pair.ts';

const TOOLS = ['bwrap', 'xorriso', 'mksquashfs', 'mformat', 'mcopy', 'apt-get'];

test.runIf(requireTools(...TOOLS))(
  'images of untrusted packages are said, and recorded as such in the manifest',
  async () => {
    const lab = await labSource(suiteHost());
    const { host, folder, out, build } = await makeSite(lab, temporaryFolder());
    const stranger = writeKeysFolder(path.join(folder, 'others'), generateKeyPair('other', 2048));
    await lockClusterFile(host, {
      clusterFile: 'cluster.yaml',
      sources: {
        ...{ ...sourceFlags(lab), keysFolder: stranger },
        ...{ offline: true, allowUntrusted: true },
      },
      engine: {},
    });
    host.events.length = 0;
    await build({}, { offline: true, keysFolder: stranger });
    expect(host.events).toContainEqual(
      expect.objectContaining({
        type: 'note',
        level: 'warning',
        text: expect.stringContaining('UNTRUSTED PACKAGES') as string,
      }),
    );
    const manifest = Manifest.parse(
      JSON.parse(await readFile(path.join(out, 'manifest.json'), 'utf8')),
    );
    expect(manifest).toMatchObject({ untrusted: true, keys: [] });
  },
);
