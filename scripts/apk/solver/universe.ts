import { parseDependency } from '../dependency.ts';
import type { ByteString } from '../byte-string.ts';
import { murmur3OfName } from '../murmur3.ts';
import type { PackageIndex } from '../package-index.ts';
import type { StanzaSummary } from '../stanza-summary.ts';
import { Candidate, compareTableOrder, NameNode } from './graph.ts';
import type { NameKind, Provider, Requirement } from './graph.ts';

const NO_REQUIREMENTS: readonly Requirement[] = [];
const NO_PROVIDERS: readonly Provider[] = [];

/** The packages of all repositories as one graph, grown as names are asked for. */
export class Universe {
  private readonly indexes: readonly PackageIndex[];
  private readonly triggerMarks: readonly Uint8Array[];
  private readonly parse = (atoms: ByteString): readonly Requirement[] => this.requirements(atoms);
  private readonly atoms = new Map<string, Requirement>();
  private readonly names = new Map<string, NameNode>();
  /** By repository and number there. */
  private readonly candidates: readonly (Candidate | undefined)[][];

  /** @param indexes In order of preference; bit n of a candidate's repositories is `indexes[n]`. */
  constructor(indexes: readonly PackageIndex[]) {
    this.indexes = indexes;
    this.candidates = indexes.map(({ size }) =>
      new Array<Candidate | undefined>(size).fill(undefined),
    );
    this.triggerMarks = indexes.map((index) => index.triggerMarks(indexes));
  }

  name(text: ByteString): NameNode {
    let node = this.names.get(text);
    if (node === undefined) {
      node = new NameNode(text, murmur3OfName(text));
      this.names.set(text, node);
    }
    return node;
  }

  /** Who provides the name: repository by repository, packages in index order. */
  providersOf(name: NameNode): readonly Provider[] {
    name.providers ??= this.findProviders(name);
    return name.providers;
  }

  /** Names that may come in by install_if once this one is decided, in apk's order. */
  triggeredBy(name: NameNode): readonly NameNode[] {
    name.triggers ??= this.findTriggered(name);
    return name.triggers;
  }

  kindOf(name: NameNode): NameKind {
    name.kind ??= kindAmong(name, this.providersOf(name));
    return name.kind;
  }

  seenNames(): NameNode[] {
    return [...this.names.values()].filter((name) => name.seen);
  }

  private findProviders(name: NameNode): readonly Provider[] {
    const candidates = this.findCandidates(name);
    const [first] = candidates;
    if (first === undefined) return NO_PROVIDERS;
    if (candidates.length === 1 && isOnlyItself(first, name)) {
      return [{ candidate: first, version: first.summary.version }];
    }
    const providers: Provider[] = [];
    for (const candidate of candidates) {
      const { provides, version } = candidate.summary;
      if (candidate.name === name) providers.push({ candidate, version });
      // A look at the text spares the parsing of most lists: few packages provide their own name again.
      if (!provides.includes(name.text)) continue;
      for (const provided of candidate.provides) {
        if (provided.name === name) providers.push({ candidate, version: provided.version });
      }
    }
    return providers;
  }

  /** Packages of equal checksum are one, offered by several repositories. */
  private findCandidates(name: NameNode): readonly Candidate[] {
    const found: Candidate[] = [];
    for (let repository = 0; repository < this.indexes.length; repository++) {
      const ids = this.indexes[repository]?.providersOf(name.text, name.hash) ?? [];
      for (const id of ids) {
        const candidate = this.candidate(repository, id, found);
        candidate.offer.repositories |= 1 << repository;
        if (!found.includes(candidate)) found.push(candidate);
      }
    }
    return found;
  }

  /** @param others Packages of earlier repositories that have the same name, where it may be found already. */
  private candidate(repository: number, id: number, others: readonly Candidate[]): Candidate {
    const known = this.candidates[repository]?.[id];
    if (known !== undefined) return known;
    const summary = this.summary(repository, id);
    const same = others.find(
      ({ summary: { checksum } }) => checksum !== '' && checksum === summary.checksum,
    );
    const candidate = same ?? this.newCandidate(repository, id, summary);
    const row = this.candidates[repository];
    if (row !== undefined) row[id] = candidate;
    return candidate;
  }

  private newCandidate(repository: number, id: number, summary: StanzaSummary): Candidate {
    const triggers = this.triggerMarks[repository]?.[id] ?? 0;
    const offer = { summary, repository, id, repositories: 0, triggers };
    return new Candidate(offer, this.name(summary.name), this.parse);
  }

  private summary(repository: number, id: number): StanzaSummary {
    const index = this.indexes[repository];
    if (index === undefined) throw new Error(`there is no repository ${repository}`);
    return index.summary(id);
  }

  /** Like apk, stops at the first atom of a list that is no dependency. */
  private requirements(atoms: ByteString): readonly Requirement[] {
    if (atoms === '') return NO_REQUIREMENTS;
    if (!atoms.includes(' ')) {
      const only = this.requirement(atoms);
      return only === undefined ? NO_REQUIREMENTS : [only];
    }
    const requirements: Requirement[] = [];
    for (const atom of atoms.split(' ')) {
      if (atom === '') continue;
      const requirement = this.requirement(atom);
      if (requirement === undefined) break;
      requirements.push(requirement);
    }
    return requirements;
  }

  /** The same few libraries are in thousands of lists: each atom is parsed once. */
  private requirement(atom: string): Requirement | undefined {
    const known = this.atoms.get(atom);
    if (known !== undefined) return known;
    const dependency = parseDependency(atom);
    if (dependency === undefined) return undefined;
    const requirement = { name: this.name(dependency.name), dependency };
    this.atoms.set(atom, requirement);
    return requirement;
  }

  private findTriggered(name: NameNode): readonly NameNode[] {
    const names: NameNode[] = [];
    for (const index of this.indexes) {
      for (const id of index.triggeredBy(name.text, name.hash)) {
        const { name: own, provides } = index.summary(id);
        names.push(this.name(own));
        for (const provided of this.requirements(provides)) names.push(provided.name);
      }
    }
    return names.length < 2 ? names : [...new Set(names)].sort(compareTableOrder);
  }
}

/** Whether a candidate stands behind a name just by having it. */
function isOnlyItself(candidate: Candidate, name: NameNode): boolean {
  return candidate.name === name && !candidate.summary.provides.includes(name.text);
}

function kindAmong(name: NameNode, providers: readonly Provider[]): NameKind {
  const foreign = providers.filter(({ candidate }) => candidate.name !== name).length;
  if (foreign === 0) return 'plain';
  return foreign === providers.length ? 'virtual' : 'shared';
}
