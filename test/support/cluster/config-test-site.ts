import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { fetchClusterFile } from '../../../scripts/workflows/fetch.ts';
import { lockClusterFile } from '../../../scripts/workflows/lock.ts';
import { labSource, makeSite, sourceFlags } from '../images/build-site.ts';
import type { Site } from '../images/build-site.ts';
import { suiteHost } from '../images/lab-pair.ts';
import { minimalFile } from './cluster-file.ts';

/** A site whose cluster files all fit one lock, and whose packages are in its cache. */
export type LockedSite = Site;

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHnrMAJZrbKzc9gw6U4gkbMUbxn7b2bCmhcvY1FK2b0d a';
/** Of every cluster file here, so that one lock fits all. */
export const COMMON = {
  image: { engine: 'native' },
  access: { ssh_authorized_keys: [KEY] },
  lint: { ignore: ['readyz', 'stuck', 'maxconn', 'unreachable', 'overlay'] },
};

type Rest = Record<string, unknown>;

/** Makes the site in a folder that lives as long as the suite. */
export async function lockedSite(folder: string): Promise<LockedSite> {
  const lab = await labSource(suiteHost());
  const site = await makeSite(lab, folder, {
    cacheFolder: path.join(folder, 'cache'),
    dataFolder: path.join(folder, 'data'),
  });
  await siteFiles(folder).configure({});
  const sources = { ...sourceFlags(lab), offline: true };
  const request = { clusterFile: 'cluster.yaml', sources };
  await lockClusterFile(site.host, { ...request, engine: {} });
  await fetchClusterFile(site.host, request);
  return site;
}

/** Writes what such a site is made from: its cluster file, and an overlay folder with one file. */
export function siteFiles(folder: string): {
  readonly configure: (rest: Rest) => Promise<void>;
  /** @returns the folder's name in the cluster file */
  readonly overlayWith: (name: string, text: string, mode?: number) => Promise<string>;
} {
  return {
    configure: async (rest) => {
      const text = stringify(minimalFile({ rest: { ...COMMON, ...rest } }));
      await writeFile(path.join(folder, 'cluster.yaml'), text);
    },
    overlayWith: async (name, text, mode = 0o644) => {
      const overlay = path.join(folder, 'overlay');
      await rm(overlay, { recursive: true, force: true });
      const file = path.join(overlay, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
      await chmod(file, mode);
      return 'overlay';
    },
  };
}
