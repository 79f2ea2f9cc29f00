import { parseDependency } from '../dependency.ts';
import type { ByteString } from '../byte-string.ts';
import { murmur3 } from '../murmur3.ts';
import type { PackageIndex } from '../package-index.ts';
import type { StanzaSummary } from '../stanza-summary.ts';
import { Candidate, compareTableOrder, NameNode } from './graph.ts';
import type { NameKind, Provider, Requirement } from './graph.ts';

/** The packages of all repositories as one graph, grown as names are asked for. */
export class Universe {
  private readonly indexes: readonly PackageIndex[];
  private readonly triggerMarks: readonly Uint8Array[];
  private readonly parse = (atoms: ByteString): readonly Requirement[] => this.requirements(atoms);
  private readonly atoms = new Map<string, Requirement>();
  private readonly names = new Map<string, NameNode>();
  private readonly candidates = new Map<string, Candidate>();

  /** @param indexes In order of preference; bit n of a candidate's repositories is `indexes[n]`. */
  constructor(indexes: readonly PackageIndex[]) {
    this.indexes = indexes;
    this.triggerMarks = indexes.map((index) => index.triggerMarks(indexes));
  }

  name(text: ByteString): NameNode {
    let node = this.names.get(text);
    if (node === undefined) {
      node = new NameNode(text, murmur3(text, 0, text.length));
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

  private findProviders(name: NameNode): Provider[] {
    const providers: Provider[] = [];
    const found: Candidate[] = [];
    for (let repository = 0; repository < this.indexes.length; repository++) {
      const ids = this.indexes[repository]?.providersOf(name.text, name.hash) ?? [];
      for (const id of ids) {
        const candidate = this.candidate(repository, id);
        if (found.includes(candidate)) continue;
        found.push(candidate);
        addProviders(providers, candidate, name);
      }
    }
    return providers;
  }

  /** Packages of equal checksum are one, offered by several repositories. */
  private candidate(repository: number, id: number): Candidate {
    const summary = this.summary(repository, id);
    const identity = summary.checksum || `${repository}:${id}`;
    let candidate = this.candidates.get(identity);
    if (candidate === undefined) {
      const mayTrigger = this.triggerMarks[repository]?.[id] === 1;
      const offer = { summary, repository, id, repositories: 0, mayTrigger };
      candidate = new Candidate(offer, this.name(summary.name), this.parse);
      this.candidates.set(identity, candidate);
    }
    candidate.offer.repositories |= 1 << repository;
    return candidate;
  }

  private summary(repository: number, id: number): StanzaSummary {
    const index = this.indexes[repository];
    if (index === undefined) throw new Error(`there is no repository ${repository}`);
    return index.summary(id);
  }

  /** Like apk, stops at the first atom of a list that is no dependency. */
  private requirements(atoms: ByteString): Requirement[] {
    const requirements: Requirement[] = [];
    if (atoms === '') return requirements;
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
    const names = new Set<NameNode>();
    for (const index of this.indexes) {
      for (const id of index.triggeredBy(name.text, name.hash)) {
        const { name: own, provides } = index.summary(id);
        names.add(this.name(own));
        for (const provided of this.requirements(provides)) names.add(provided.name);
      }
    }
    return names.size < 2 ? [...names] : [...names].sort(compareTableOrder);
  }
}

function kindAmong(name: NameNode, providers: readonly Provider[]): NameKind {
  const foreign = providers.filter(({ candidate }) => candidate.name !== name).length;
  if (foreign === 0) return 'plain';
  return foreign === providers.length ? 'virtual' : 'shared';
}

function addProviders(providers: Provider[], candidate: Candidate, name: NameNode): void {
  if (candidate.name === name) providers.push({ candidate, version: candidate.summary.version });
  // A look at the text spares the parsing of most lists: few packages provide their own name again.
  if (!candidate.summary.provides.includes(name.text)) return;
  for (const { name: provided, version } of candidate.provides) {
    if (provided === name) providers.push({ candidate, version });
  }
}
