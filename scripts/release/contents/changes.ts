import { compareStrings } from '../../core/digest.ts';
import type { ReleaseImage, ReleaseManifest } from '../format/manifest.ts';

/** The text of CHANGES.md: what a release changes against the one before it, by their manifests. */
export function changesText(
  manifest: ReleaseManifest,
  previous: ReleaseManifest | undefined,
): string {
  const title = `# ${manifest.cluster} ${manifest.version}`;
  if (previous === undefined) {
    return `${title}\n\nThere was no earlier release to hold it against (\`--previous DIR\`).\n`;
  }
  const sections = [
    section('Packages', packageLines(previous, manifest)),
    ...manifest.images.flatMap((image) => {
      const before = previous.images.find(({ node }) => node === image.node);
      return before === undefined
        ? [section(image.node, ['- a new node'])]
        : [
            section(`Configuration of ${image.node}`, configurationLines(before, image)),
            section(
              `Kernel arguments of ${image.node}`,
              setLines(before.kernelArguments, image.kernelArguments),
            ),
            section(
              `Services of ${image.node}`,
              setLines(serviceNames(before), serviceNames(image)),
            ),
          ];
    }),
    section(
      'Nodes that are gone',
      previous.images
        .filter(({ node }) => !manifest.images.some((image) => image.node === node))
        .map(({ node }) => `- ${node}`),
    ),
  ].filter((text) => text !== '');
  const body = sections.length === 0 ? ['Nothing that is told of changed.\n'] : sections;
  return [`${title}\n\nAgainst ${previous.version}.\n`, ...body].join('\n');
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `## ${title}\n\n${lines.join('\n')}\n`;
}

function packageLines(before: ReleaseManifest, after: ReleaseManifest): readonly string[] {
  const [old, fresh] = [versionsOf(before), versionsOf(after)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])].sort(compareStrings);
  return names.flatMap((name) => {
    const [from, to] = [old.get(name), fresh.get(name)];
    if (from === to) return [];
    if (from === undefined) return [`- ${name} ${to ?? ''}: new`];
    return [to === undefined ? `- ${name} ${from}: gone` : `- ${name} ${from} -> ${to}`];
  });
}

/** What is in images; what only built them is told by the lock. */
function versionsOf({ packages }: ReleaseManifest): ReadonlyMap<string, string> {
  const shipped = packages.filter((it) => it.for.some((purpose) => purpose !== 'builder'));
  return new Map(shipped.map(({ name, version }) => [name, version]));
}

function configurationLines(before: ReleaseImage, after: ReleaseImage): readonly string[] {
  const byPath = (image: ReleaseImage) => new Map(image.configuration.map((it) => [it.path, it]));
  const [old, fresh] = [byPath(before), byPath(after)];
  const paths = [...new Set([...old.keys(), ...fresh.keys()])].sort(compareStrings);
  return paths.flatMap((path) => {
    const [from, to] = [old.get(path), fresh.get(path)];
    if (from === undefined) return [`- ${path}: new`];
    if (to === undefined) return [`- ${path}: gone`];
    if (from.sha256 !== to.sha256) return [`- ${path}: other content`];
    return from.mode === to.mode ? [] : [`- ${path}: mode ${from.mode ?? ''} -> ${to.mode ?? ''}`];
  });
}

function serviceNames({ services }: ReleaseImage): readonly string[] {
  return Object.entries(services).flatMap(([level, names]) =>
    names.map((name) => `${name} (${level})`),
  );
}

/** Words that name the build itself change whenever anything does. */
const BUILD_NAME = /vipiso-[0-9a-f]{8}/g;

function setLines(before: readonly string[], after: readonly string[]): readonly string[] {
  const [old, fresh] = [before, after].map((all) =>
    all.map((it) => it.replace(BUILD_NAME, 'vipiso-*')),
  );
  const gone = (old ?? [])
    .filter((it) => fresh?.includes(it) !== true)
    .map((it) => `- ${it}: gone`);
  return [
    ...gone,
    ...(fresh ?? []).filter((it) => old?.includes(it) !== true).map((it) => `- ${it}: new`),
  ];
}
