// Publishes a set of two images that consist of a word: the last step of a build, alone, in a process of its own.
// Arguments: folder of the compiled tool, output folder, the word. PUBLIC_KEY is a public key in PEM form.
import { Buffer } from 'node:buffer';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [tool, out, word] = process.argv.slice(2);
const part = async (name) => await import(pathToFileURL(path.join(tool, name)).href);
const { sha256 } = await part('core/digest.js');
const { nodeHost } = await part('host/node-host.js');
const { withTempFolder } = await part('host/fs/temp-folder.js');
const { publish } = await part('image/publish/publish.js');

const { signal } = new globalThis.AbortController();
const host = nodeHost({ report: () => undefined, signal });
const digest = sha256(Buffer.from(word));

await withTempFolder(host, out, async (temp) => {
  const images = [];
  for (const [hostname, role] of Object.entries({ 'lb-1': 'MASTER', 'lb-2': 'BACKUP' })) {
    const file = path.join(temp, `${hostname}.iso`);
    await writeFile(file, word);
    images.push({ node: { hostname, role }, file, overlay: digest });
  }
  const release = {
    images,
    base: digest,
    volumeId: 'v',
    tools: {},
    notTested: [],
    cluster: { name: 'test', image: { profile: 'virt' }, vrrp: { groups: [{ name: 'default' }] } },
    engine: 'native',
    locked: { digest, lock: { sourceDateEpoch: 1, keys: [] } },
    siteKey: { signing: { name: 'test.rsa.pub' }, publicKeyPem: process.env.PUBLIC_KEY },
  };
  await publish(host, release, { temp, out });
});
