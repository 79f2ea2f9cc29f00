import { byNode, withoutBuildName } from './by-node.ts';
import type { NodePair } from './by-node.ts';
import { configurationChanges, secretChanges } from './configuration.ts';
import { failoverTimes } from './failover.ts';
import type { DiffSide, ReleaseDiff, SettingChange, SizeChange, WordChange } from './model.ts';
import { packageChanges, vulnerabilityChanges } from './packages.ts';
import type { DiffSubject, SubjectImage } from './subject.ts';

/** What one release, or image, changes against another. */
export function diffSubjects(before: DiffSubject, after: DiffSubject): ReleaseDiff {
  const pairs = pairsOf(before, after);
  const nodes = nodeChanges(before, after, pairs);
  const { known, closed, opened } = vulnerabilityChanges(before, after);
  const told = {
    settings: settingChanges(before, after),
    packages: packageChanges(before, after, pairs),
    vulnerabilities: { closed, opened },
    configuration: configurationChanges(pairs),
    secrets: secretChanges(pairs),
    kernelArguments: wordChanges(pairs, ({ kernelArguments }) => kernelArguments),
    services: wordChanges(pairs, ({ services }) => serviceNames(services)),
    sizes: pairs.flatMap(sizeChanges),
    failover: failoverTimes(before, after),
    images: pairs.filter((it) => it.before.sha256 !== it.after.sha256).map(({ node }) => node),
  };
  const changed =
    nodes.added.length + nodes.removed.length + told.settings.length + told.images.length > 0 ||
    told.failover.expected.some((it) => it.before !== it.after) ||
    told.vulnerabilities.closed.length + told.vulnerabilities.opened.length > 0;
  const sides = { before: sideOf(before), after: sideOf(after) };
  return { schema: 1, ...sides, changed, nodes, ...told, notes: notesOf(before, after, known) };
}

function sideOf({ name, manifest, images }: DiffSubject): DiffSide {
  const [release] = images.flatMap((it) => it.release ?? []);
  const cluster = manifest?.cluster ?? release?.cluster;
  const version = manifest?.version ?? release?.version;
  return {
    name,
    kind: manifest === undefined ? 'images' : 'release',
    ...(cluster !== undefined && { cluster }),
    ...(version !== undefined && { version }),
  };
}

/** By name of the node; two images alone are a pair whatever their nodes are called. */
function pairsOf(before: DiffSubject, after: DiffSubject): readonly NodePair[] {
  const [old, fresh] = [before.images[0], after.images[0]];
  const areAlone = before.images.length === 1 && after.images.length === 1;
  if (areAlone && old !== undefined && fresh !== undefined)
    return [{ node: fresh.node, before: old, after: fresh }];
  return after.images.flatMap((image) => {
    const twin = before.images.find(({ node }) => node === image.node);
    return twin === undefined ? [] : [{ node: image.node, before: twin, after: image }];
  });
}

/** One image held against a release is held against that of its node alone. */
function nodeChanges(
  before: DiffSubject,
  after: DiffSubject,
  pairs: readonly NodePair[],
): ReleaseDiff['nodes'] {
  const isPart = (subject: DiffSubject): boolean =>
    subject.manifest === undefined && subject.images.length === 1 && pairs.length > 0;
  const lacking = (one: DiffSubject, other: DiffSubject): readonly string[] =>
    isPart(other)
      ? []
      : one.images
          .map(({ node }) => node)
          .filter((node) => !other.images.some((image) => image.node === node));
  if (isPart(before) && isPart(after)) {
    const [old = '', fresh = ''] = [before, after].map(({ images }) => images[0]?.node);
    return old === fresh ? { added: [], removed: [] } : { added: [fresh], removed: [old] };
  }
  return { added: lacking(after, before), removed: lacking(before, after) };
}

function settingChanges(before: DiffSubject, after: DiffSubject): readonly SettingChange[] {
  const [old, fresh] = [settingsOf(before), settingsOf(after)];
  return [...fresh].flatMap(([what, to]) => {
    const from = old.get(what);
    return from === undefined || from === to ? [] : [{ what, before: from, after: to }];
  });
}

function settingsOf(subject: DiffSubject): ReadonlyMap<string, string> {
  const { cluster, version } = sideOf(subject);
  const { manifest } = subject;
  return new Map([
    ...(cluster === undefined ? [] : [['cluster', cluster] as const]),
    ...(version === undefined ? [] : [['version', version] as const]),
    ...(manifest === undefined
      ? []
      : ([
          ['Alpine branch', manifest.branch],
          ['architecture', manifest.arch],
          ['engine', manifest.engine],
          ['profile', manifest.profile],
          ['vipiso', `${manifest.tool.version} (${manifest.tool.sha256.slice(0, 12)})`],
          ['signing key', manifest.signingKey.name],
        ] as const)),
  ]);
}

function wordChanges(
  pairs: readonly NodePair[],
  wordsOf: (image: SubjectImage) => readonly string[],
): readonly WordChange[] {
  return byNode(pairs, ({ before, after }) => {
    const [old = [], fresh = []] = [before, after].map((it) => wordsOf(it).map(withoutBuildName));
    const removed = old.filter((word) => !fresh.includes(word));
    const added = fresh.filter((word) => !old.includes(word));
    return removed.length + added.length === 0 ? [] : [{ removed, added }];
  });
}

function serviceNames(services: SubjectImage['services']): readonly string[] {
  return Object.entries(services).flatMap(([level, names]) =>
    names.map((name) => `${name} (${level})`),
  );
}

function sizeChanges({ node, before, after }: NodePair): readonly SizeChange[] {
  const whole = { node, part: 'image', before: before.size, after: after.size };
  const parts = after.parts.map(({ part, size }) => {
    const old = before.parts.find((it) => it.part === part)?.size ?? 0;
    return { node, part, before: old, after: size };
  });
  return [whole, ...parts].filter((it) => it.before !== it.after);
}

function notesOf(
  before: DiffSubject,
  after: DiffSubject,
  knowsVulnerabilities: boolean,
): readonly string[] {
  const isImage = before.manifest === undefined || after.manifest === undefined;
  const proofs = [before, after].filter(({ proof }) => proof !== undefined).length;
  return [
    ...(isImage
      ? ['Images alone tell no fail-over times and no packages of the kernel: name the releases.']
      : []),
    ...(knowsVulnerabilities
      ? []
      : [
          'Neither side was held against a security database, so no CVEs are told: vipiso release --secdb.',
        ]),
    ...(!isImage && proofs < 2
      ? [`Measured fail-over times: ${proofs === 1 ? 'only one side' : 'neither side'} was proven.`]
      : []),
  ];
}
