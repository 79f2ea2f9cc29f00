import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import type { Host } from '../../../scripts/host/host.ts';
import type { BuildRequest, BuildResult } from '../../../scripts/image/build-images.ts';
import { buildImages } from '../../../scripts/workflows/build.ts';
import { minimalFile } from '../cluster/cluster-file.ts';
import { testHost } from '../host/test-host.ts';
import { makeToolPackage } from '../host/tool-package.ts';
import { alpineSource, sourceFlags } from '../images/build-site.ts';
import type { PackageSource } from '../images/build-site.ts';

/** Where real Alpine packages and scripts lie. */
export interface RealBed {
  readonly source: PackageSource;
  readonly aports: string;
  readonly branch: string;
}

/** What the environment names; where it names nothing, it is said why tests are skipped. */
export function realBed(): RealBed | undefined {
  const source = alpineSource();
  const { VIPISO_APORTS: aports, VIPISO_BRANCH: branch = 'v3.19' } = process.env;
  if (source !== undefined && aports) return { source, aports, branch };
  process.stderr.write(
    'SKIPPED: the real mkimage. It needs Alpine packages and scripts, which this repository does not hold: set ' +
      'VIPISO_REPOSITORY (folder with x86_64/APKINDEX.tar.gz), VIPISO_KEYS (its public keys), VIPISO_APORTS ' +
      '(checkout or archive of aports) and, where it is not v3.19, VIPISO_BRANCH.\n',
  );
  return undefined;
}

/** Sites whose cluster files are the reference pair's, with one cache and one signing key. */
export class RealSites {
  readonly folder: string;
  /** A compiled copy of the tool: changes to the sources meanwhile do not show. */
  readonly tool: string;
  private readonly bed: RealBed;

  constructor(bed: RealBed, folder: string) {
    this.bed = bed;
    this.folder = folder;
    this.tool = makeToolPackage(path.join(folder, 'tool'));
  }

  host(cwd: string, changes: Partial<Host> = {}): Host {
    return testHost({
      cwd,
      packageRoot: path.join(this.folder, 'tool'),
      cacheFolder: path.join(this.folder, 'cache'),
      dataFolder: path.join(this.folder, 'data'),
      ...changes,
    });
  }

  /** A folder with a cluster file and, unless `lock` is false, the lock of the first site. */
  async site(
    name: string,
    about: { service?: Record<string, unknown>; lock?: boolean; below?: string } = {},
  ): Promise<string> {
    const place = path.join(about.below ?? this.folder, name);
    await mkdir(place, { recursive: true });
    const { branch } = this.bed;
    const text = stringify(
      minimalFile({ service: about.service ?? {}, rest: { alpine: { branch } } }),
    );
    await writeFile(path.join(place, 'cluster.yaml'), text);
    const lock = path.join(this.folder, 'first', 'vipiso.lock.json');
    if (about.lock !== false && existsSync(lock)) {
      await cp(lock, path.join(place, 'vipiso.lock.json'));
    }
    return place;
  }

  /** @param place folder of the cluster file */
  request(place: string, changes: Partial<BuildRequest> = {}): BuildRequest {
    const { source, aports } = this.bed;
    return {
      ...{ clusterFile: 'cluster.yaml', engine: { name: 'mkimage', aports }, nodes: [] },
      ...{ sources: { ...sourceFlags(source), offline: true } },
      ...{ out: path.join(place, 'out'), frozen: false },
      ...changes,
    };
  }

  async build(
    place: string,
    changes: { readonly request?: Partial<BuildRequest>; readonly host?: Partial<Host> } = {},
  ): Promise<BuildResult> {
    return await buildImages(this.host(place, changes.host), this.request(place, changes.request));
  }

  /** An Alpine system with mkimage's tools: the root that the first build unpacked. */
  async alpineSystem(): Promise<string> {
    const builders = path.join(this.folder, 'cache', 'builders');
    const [name = ''] = (await readdir(builders)).filter((it) => !it.startsWith('.'));
    return path.join(builders, name, 'content/root');
  }

  /** aports' scripts with a change to mkimage.sh. */
  async brokenAports(name: string, change: (text: string) => string): Promise<string> {
    const place = path.join(this.folder, name);
    await cp(path.join(this.bed.aports, 'scripts'), path.join(place, 'scripts'), {
      recursive: true,
    });
    const script = path.join(place, 'scripts', 'mkimage.sh');
    const text = await readFile(script, 'utf8');
    const changed = change(text);
    if (changed === text) throw new Error('mkimage.sh has not what is to be changed');
    await writeFile(script, changed);
    return place;
  }
}
