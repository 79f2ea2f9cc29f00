import { generateKeyPairSync, randomInt } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ClusterModel } from '../../cluster/model.ts';
import { vipsOf } from '../../cluster/node-addresses.ts';
import { fileReferencesOf } from '../../cluster/secrets/file-references.ts';
import { opensshKeyFiles } from '../../cluster/ssh/new-key.ts';
import { readHostKey } from '../../cluster/ssh/private-key.ts';
import { fingerprintOf, publicLine } from '../../cluster/ssh/public-key.ts';
import { hostOf } from '../../cluster/values/address.ts';
import { VipisoError } from '../../core/errors.ts';
import { writeFileAtomic } from '../../host/fs/atomic-file.ts';
import { ioError } from '../../host/fs/errno.ts';
import { isThere } from '../../host/fs/is-there.ts';
import type { Host } from '../../host/host.ts';
import { clusterInvalid, judgeClusters, loadCluster } from '../../inputs/load-cluster.ts';
import type { JudgedCluster } from '../../inputs/load-cluster.ts';

/** A host key of a node, as people are shown it. */
export interface ShownHostKey {
  readonly hostname: string;
  /** Where the cluster file says that it is. */
  readonly source: string;
  readonly made: boolean;
  /** `SHA256:...` */
  readonly fingerprint: string;
}

export interface HostKeysResult {
  readonly keys: readonly ShownHostKey[];
  /** Lines for known_hosts: each node by its names, and the VIPs with the key of every node. */
  readonly knownHosts: readonly string[];
}

const KEYS = 'access.ssh.host_keys';
/** Numbers of 32 bits. */
const CHECK_LIMIT = 2 ** 32;

/**
 * Makes the SSH host keys that a cluster file names and that are not there yet: Ed25519, without a passphrase, mode
 * 0600, the public half beside it. Keys that are there stay as they are.
 *
 * @param name of the cluster file, as the user gave it
 * @throws VipisoError cluster-invalid; usage: it names no host keys; permission, disk-full, io
 */
export async function newHostKeys(host: Host, name: string): Promise<HostKeysResult> {
  const [judged] = await judgeClusters(host, [name]);
  if (judged === undefined) throw new VipisoError('bug', 'no cluster file was checked');
  if (isBad(judged)) throw clusterInvalid([judged], host);
  const places = keyPlaces(judged);
  if (places.length === 0) throw noKeys(judged);
  const made = new Set<string>();
  for (const { hostname, file } of places) {
    if (file === undefined || (await isThere(file, 'look for the host key'))) continue;
    await makeKey(file, hostname);
    made.add(file);
  }
  const { cluster } = await loadCluster(host, name);
  return describe(cluster, places, made);
}

/** With errors beside that keys are not there: these are what is mended here. */
function isBad(judged: JudgedCluster): boolean {
  if (judged.ok) return false;
  return judged.diagnostics.some(
    ({ severity, code, path: place }) =>
      severity === 'error' && !(code === 'secret-missing' && place.startsWith(KEYS)),
  );
}

interface KeyPlace {
  readonly hostname: string;
  /** `file secrets/lb-1.ssh-host-key` */
  readonly source: string;
  /** Absolute path; undefined for a key from the environment. */
  readonly file: string | undefined;
}

function keyPlaces({ file, document }: JudgedCluster): readonly KeyPlace[] {
  const folder = path.dirname(file);
  return fileReferencesOf(document).secrets.flatMap(({ key, source, file: written }) =>
    key.startsWith(`${KEYS}.`)
      ? [
          {
            hostname: key.slice(KEYS.length + 1),
            source,
            file: written === undefined ? undefined : path.resolve(folder, written),
          },
        ]
      : [],
  );
}

function noKeys(judged: JudgedCluster): VipisoError {
  const names = judged.ok ? judged.cluster.nodes.map(({ hostname }) => hostname) : [];
  return new VipisoError('usage', `${judged.name} names no host keys`, {
    details: [
      'access:',
      '  ssh:',
      '    host_keys:',
      ...names.map((it) => `      ${it}: { file: secrets/${it}.ssh-host-key }`),
    ],
    hint: 'Add these lines to it, and run this again.',
  });
}

async function makeKey(file: string, hostname: string): Promise<void> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const files = opensshKeyFiles(privateKey, `root@${hostname}`, randomInt(CHECK_LIMIT));
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw ioError(error, 'make the folder', path.dirname(file));
  });
  await writeFileAtomic(`${file}.pub`, files.publicText, { mode: 0o644 });
  await writeFileAtomic(file, files.privateText, { mode: 0o600 });
}

function describe(
  cluster: ClusterModel,
  places: readonly KeyPlace[],
  made: ReadonlySet<string>,
): HostKeysResult {
  const blobs = cluster.access.sshHosts.flatMap(({ hostname, keys }) =>
    keys.flatMap((key) => {
      const read = readHostKey(key.reveal());
      return read.ok ? [{ hostname, source: key.source, blob: read.publicBlob }] : [];
    }),
  );
  const lines = blobs.map(({ hostname, blob }) => ({
    blob,
    names: namesOf(cluster, hostname),
  }));
  return {
    keys: blobs.map(({ hostname, source, blob }) => {
      const place = places.find((it) => it.hostname === hostname && it.source === source);
      const isMade = place?.file !== undefined && made.has(place.file);
      return { hostname, source, made: isMade, fingerprint: fingerprintOf(blob) };
    }),
    knownHosts: [
      ...lines.map(({ names, blob }) => `${names.join(',')} ${publicLine(blob)}`),
      ...reachedVips(cluster).flatMap((vip) =>
        lines.map(({ blob }) => `${vip} ${publicLine(blob)}`),
      ),
    ],
  };
}

/** Where sshd of a node is reached. */
function namesOf({ nodes }: ClusterModel, hostname: string): readonly string[] {
  const node = nodes.find((it) => it.hostname === hostname);
  const reached = (node?.interfaces ?? []).filter(
    ({ name }) => node?.managementInterface === undefined || name === node.managementInterface,
  );
  return [hostname, ...reached.flatMap(({ addresses }) => addresses.map(hostOf))];
}

/** Whoever holds a VIP answers there, unless sshd listens on the interface for management alone. */
function reachedVips(cluster: ClusterModel): readonly string[] {
  if (cluster.nodes.some(({ managementInterface }) => managementInterface !== undefined)) return [];
  return vipsOf(cluster);
}
