import { compareStrings } from '../../core/digest.ts';
import { parseDependency, parseProvided } from '../dependency.ts';
import type { PackageRecord } from '../model.ts';
import { murmur3 } from '../murmur3.ts';
import type { PackageIndex } from '../package-index.ts';
import { Candidate, NameNode } from './graph.ts';
import type { NameKind, Provider, Requirement } from './graph.ts';

/** apk-tools 2.14 keeps names in a hash table of this many buckets and walks it bucket by bucket. */
const NAME_BUCKETS = 20_000;

/** The packages of all repositories as one graph, grown as names are asked for. */
export class Universe {
  private readonly indexes: readonly PackageIndex[];
  private readonly names = new Map<string, NameNode>();
  private readonly candidates = new Map<string, Candidate>();
  private readonly providers = new Map<NameNode, readonly Provider[]>();
  private readonly triggers = new Map<NameNode, readonly NameNode[]>();
  private readonly kinds = new Map<NameNode, NameKind>();

  /** @param indexes In order of preference; bit n of a candidate's repositories is `indexes[n]`. */
  constructor(indexes: readonly PackageIndex[]) {
    this.indexes = indexes;
  }

  name(text: string): NameNode {
    const known = this.names.get(text);
    if (known !== undefined) return known;
    const bytes = Buffer.from(text);
    const node = new NameNode(text, murmur3(bytes, 0, bytes.length) % NAME_BUCKETS);
    this.names.set(text, node);
    return node;
  }

  /** Who provides the name: repository by repository, packages in index order. */
  providersOf(name: NameNode): readonly Provider[] {
    let providers = this.providers.get(name);
    if (providers === undefined) {
      providers = this.findCandidates(name).flatMap((candidate) =>
        providersWithin(candidate, name),
      );
      this.providers.set(name, providers);
    }
    return providers;
  }

  /** Names that may come in by install_if once this one is decided, in apk's order. */
  triggeredBy(name: NameNode): readonly NameNode[] {
    let names = this.triggers.get(name);
    if (names === undefined) {
      names = this.findTriggered(name);
      this.triggers.set(name, names);
    }
    return names;
  }

  kindOf(name: NameNode): NameKind {
    let kind = this.kinds.get(name);
    if (kind === undefined) {
      kind = kindAmong(name, this.providersOf(name));
      this.kinds.set(name, kind);
    }
    return kind;
  }

  seenNames(): NameNode[] {
    return [...this.names.values()].filter((name) => name.seen);
  }

  private findCandidates(name: NameNode): Candidate[] {
    const found = new Map<string, { record: PackageRecord; repositories: number }>();
    for (const [position, index] of this.indexes.entries()) {
      for (const id of index.providersOf(name.text)) {
        const record = index.record(id);
        const identity = identityOf(record, position, id);
        const before = found.get(identity);
        const repositories = (before?.repositories ?? 0) | (1 << position);
        found.set(identity, { record: before?.record ?? record, repositories });
      }
    }
    return [...found].map(([identity, { record, repositories }]) =>
      this.candidate(identity, record, repositories),
    );
  }

  private candidate(identity: string, record: PackageRecord, repositories: number): Candidate {
    const known = this.candidates.get(identity);
    if (known !== undefined) return known;
    const candidate = new Candidate({
      record,
      repositories,
      name: this.name(record.name),
      provides: this.provided(record),
      depends: this.requirements(record.depends),
      installIf: this.requirements(record.installIf),
    });
    this.candidates.set(identity, candidate);
    return candidate;
  }

  private provided(record: PackageRecord): Candidate['provides'] {
    const provides: { name: NameNode; version: string | undefined }[] = [];
    for (const atom of record.provides) {
      const parsed = parseProvided(atom);
      if (parsed === undefined) break;
      provides.push({ name: this.name(parsed.name), version: parsed.version });
    }
    return provides;
  }

  /** Like apk, stops at the first atom of a list that is no dependency. */
  private requirements(atoms: readonly string[]): Requirement[] {
    const requirements: Requirement[] = [];
    for (const atom of atoms) {
      const dependency = parseDependency(atom);
      if (dependency === undefined) break;
      requirements.push({ name: this.name(dependency.name), dependency });
    }
    return requirements;
  }

  private findTriggered(name: NameNode): NameNode[] {
    const names = new Set<NameNode>();
    for (const index of this.indexes) {
      for (const id of index.triggeredBy(name.text)) {
        const { name: own, provides } = index.record(id);
        names.add(this.name(own));
        for (const atom of provides) {
          const parsed = parseProvided(atom);
          if (parsed !== undefined) names.add(this.name(parsed.name));
        }
      }
    }
    return [...names].sort(compareTableOrder);
  }
}

/** Packages of equal checksum are one, offered by several repositories. */
function identityOf(record: PackageRecord, position: number, id: number): string {
  return record.checksum === '' ? `${position}:${id}` : record.checksum;
}

function kindAmong(name: NameNode, providers: readonly Provider[]): NameKind {
  const foreign = providers.filter(({ candidate }) => candidate.name !== name).length;
  if (foreign === 0) return 'plain';
  return foreign === providers.length ? 'virtual' : 'shared';
}

function providersWithin(candidate: Candidate, name: NameNode): Provider[] {
  const own = candidate.name === name ? [{ candidate, version: candidate.record.version }] : [];
  const provided = candidate.provides.filter((entry) => entry.name === name);
  return [...own, ...provided.map(({ version }) => ({ candidate, version }))];
}

/** The order in which apk walks its name table; names that share a bucket follow their spelling. */
export function compareTableOrder(a: NameNode, b: NameNode): number {
  return a.bucket - b.bucket || compareStrings(a.text, b.text);
}
