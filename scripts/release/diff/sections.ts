import { formatBytes } from '../../core/format-bytes.ts';
import type {
  FileChange,
  PackageChange,
  ReleaseDiff,
  SecretChange,
  SizeChange,
  TimeChange,
  Vulnerability,
  WordChange,
} from './model.ts';

/** A part of a difference for people, whatever it is written in. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
  /** Each a file with its changed lines. */
  readonly files?: readonly { readonly title: string; readonly lines: readonly string[] }[];
}

/** What there is to say, section by section; those that say nothing are left out. */
export function sectionsOf(diff: ReleaseDiff): readonly Section[] {
  const { nodes, vulnerabilities, configuration } = diff;
  const shown = configuration.filter(({ hunks }) => hunks.length > 0);
  const sections: Section[] = [
    {
      title: 'Release',
      lines: [
        ...diff.settings.map(({ what, before, after }) => `${what}: ${before} -> ${after}`),
        ...nodes.removed.map((node) => `node ${node}: removed`),
        ...nodes.added.map((node) => `node ${node}: added`),
      ],
    },
    { title: 'Packages', lines: diff.packages.map((it) => packageLine(it, diff)) },
    {
      title: 'Security',
      lines: [
        ...vulnerabilities.closed.map((it) => `closed: ${vulnerabilityText(it)}`),
        ...vulnerabilities.opened.map((it) => `OPENED: ${vulnerabilityText(it)}`),
      ],
    },
    {
      title: 'Configuration',
      lines: configuration.filter(({ hunks }) => hunks.length === 0).map(fileLine),
      files: shown.map((it) => ({
        title: fileLine(it),
        lines: it.hunks.flatMap(({ header, lines }) => [header, ...lines]),
      })),
    },
    { title: 'Secrets', lines: secretLines(diff.secrets) },
    { title: 'Kernel arguments', lines: diff.kernelArguments.flatMap(wordLines) },
    { title: 'Services', lines: diff.services.flatMap(wordLines) },
    { title: 'Sizes', lines: diff.sizes.map(sizeLine) },
    {
      title: 'Fail-over times',
      lines: [
        ...diff.failover.expected.map((it) => `expected, ${it.what} (${it.subject}): ${times(it)}`),
        ...diff.failover.proven.map((it) => `measured, ${it.what}: ${times(it)}`),
      ],
    },
    { title: 'Not told', lines: diff.notes },
  ];
  return sections.filter(({ lines, files = [] }) => lines.length + files.length > 0);
}

/** `k8s 2026.11 -> k8s 2026.12`, or the names as they were given. */
export function titleOf({ before, after }: ReleaseDiff): string {
  const name = ({ name: given, cluster, version }: ReleaseDiff['before']): string =>
    version === undefined ? given : `${cluster ?? ''} ${version}`.trim();
  return `${name(before)} -> ${name(after)}`;
}

/** What to say of a difference that has nothing to tell. */
export function emptyText({ images }: ReleaseDiff): string {
  return images.length === 0
    ? 'Nothing changed: the images are the same, byte for byte.'
    : `Nothing that is told of changed, but images have other bytes: ${images.join(', ')}. vipiso diff --bytes tells where.`;
}

function packageLine(change: PackageChange, diff: ReleaseDiff): string {
  const { name, before, after, nodes } = change;
  const of = ofNodes(nodes, diff);
  switch (change.change) {
    case 'added':
      return `added: ${name} ${after ?? ''}${of}`;
    case 'removed':
      return `removed: ${name} ${before ?? ''}${of}`;
    case 'rebuilt':
      return `rebuilt: ${name} ${after ?? ''} with other content${of}`;
    case 'up':
    case 'down':
      return `${change.change}: ${name} ${before ?? ''} -> ${after ?? ''}${of}`;
  }
}

/** Packages are those of all nodes, or else it is said. */
function ofNodes(nodes: readonly string[], { packages }: ReleaseDiff): string {
  const all = new Set(packages.flatMap((it) => it.nodes));
  return nodes.length === all.size ? '' : ` (${nodes.join(', ')})`;
}

function vulnerabilityText({ id, origin, fixedIn }: Vulnerability): string {
  return `${id} (${origin}, fixed in ${fixedIn})`;
}

function fileLine({ path, change, mode, hidden, nodes }: FileChange): string {
  const modes = mode === undefined ? '' : `, mode ${mode.before} -> ${mode.after}`;
  const why = hidden === undefined ? '' : `, ${hidden === 'secret' ? 'holds secrets' : 'binary'}`;
  return `${change}: ${path}${modes}${why} (${nodes.join(', ')})`;
}

/** Secrets that are as they were are only worth a line where others are not. */
function secretLines(secrets: readonly SecretChange[]): readonly string[] {
  if (secrets.every(({ state }) => state === 'unchanged')) return [];
  return secrets.map(
    ({ path, what, state, nodes }) => `${state}: ${what} in ${path} (${nodes.join(', ')})`,
  );
}

function wordLines({ removed, added, nodes }: WordChange): readonly string[] {
  const of = ` (${nodes.join(', ')})`;
  return [
    ...removed.map((word) => `removed: ${word}${of}`),
    ...added.map((word) => `added: ${word}${of}`),
  ];
}

function sizeLine({ node, part, before, after }: SizeChange): string {
  const sign = after < before ? '-' : '+';
  const by = `${sign}${formatBytes(Math.abs(after - before))}`;
  return `${node}, ${part}: ${formatBytes(before)} -> ${formatBytes(after)} (${by})`;
}

function times({ before, after }: TimeChange): string {
  if (before === after) return `${seconds(after)}, as before`;
  return `${seconds(before)} -> ${seconds(after)}`;
}

function seconds(value: number | undefined): string {
  return value === undefined ? 'not told' : `${Number(value.toFixed(2))} s`;
}
