/**
 * Publishes a set of two images that consist of a word: the last step of a build, alone, in a process of its own.
 * Arguments: output folder, the word. PUBLIC_KEY is a public key in PEM form.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256 } from '../../../scripts/core/digest.ts';
import { withTempFolder } from '../../../scripts/host/fs/temp-folder.ts';
import { nodeHost } from '../../../scripts/host/node-host.ts';
import { publish } from '../../../scripts/image/publish/publish.ts';
import type { BuildOutput } from '../../../scripts/image/publish/publish.ts';
import { minimalFile, modelOf } from '../cluster/cluster-file.ts';

const [out = '', word = ''] = process.argv.slice(2);
const { signal } = new AbortController();
const host = nodeHost({ report: () => undefined, signal });
const cluster = modelOf(minimalFile());
const digest = sha256(Buffer.from(word));

await withTempFolder(host, out, async (temp) => {
  const images = [];
  for (const node of cluster.nodes) {
    const file = path.join(temp, `${node.hostname}.iso`);
    await writeFile(file, word);
    images.push({ node, file, overlay: digest });
  }
  const release = {
    images,
    base: digest,
    release: { volumeId: 'v' },
    tools: {},
    notTested: [],
    disks: [],
    cluster,
    engine: 'native',
    locked: { digest, lock: { sourceDateEpoch: 1, keys: [] } },
    siteKey: {
      signing: { name: 'test.rsa.pub' },
      publicKeyPem: process.env['PUBLIC_KEY'],
    },
  };
  await publish(host, release as unknown as BuildOutput, { temp, out });
});
