import { compareStrings } from '../../core/digest.ts';
import { parseDependency } from '../dependency.ts';
import type { ByteString } from '../byte-string.ts';
import { murmur3 } from '../murmur3.ts';
import type { PackageIndex } from '../package-index.ts';
import type { StanzaSummary } from '../stanza-summary.ts';
import { Candidate, NameNode } from './graph.ts';
import type { NameKind, Offer, Provider, Requirement } from './graph.ts';

/** apk-tools 2.14 keeps names in a hash table of this many buckets and walks it bucket by bucket. */
const NAME_BUCKETS = 20_000;

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
    const offers = new Map<string, Offer>();
    for (const [repository, index] of this.indexes.entries()) {
      for (const id of index.providersOf(name.text, name.hash)) {
        const summary = index.summary(id);
        // Packages of equal checksum are one, offered by several repositories.
        const identity = summary.checksum || `${repository}:${id}`;
        const offer = offers.get(identity);
        if (offer !== undefined) offer.repositories |= 1 << repository;
        else offers.set(identity, this.newOffer(repository, id, summary));
      }
    }
    const providers: Provider[] = [];
    for (const [identity, offer] of offers) {
      addProviders(providers, this.candidate(identity, offer), name);
    }
    return providers;
  }

  private newOffer(repository: number, id: number, summary: StanzaSummary): Offer {
    const mayTrigger = this.triggerMarks[repository]?.[id] === 1;
    return { summary, repository, id, repositories: 1 << repository, mayTrigger };
  }

  private candidate(identity: string, offer: Offer): Candidate {
    let candidate = this.candidates.get(identity);
    if (candidate === undefined) {
      candidate = new Candidate(offer, this.name(offer.summary.name), this.parse);
      this.candidates.set(identity, candidate);
    }
    return candidate;
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

/** The order in which apk walks its name table; names that share a bucket follow their spelling. */
export function compareTableOrder(a: NameNode, b: NameNode): number {
  return (a.hash % NAME_BUCKETS) - (b.hash % NAME_BUCKETS) || compareStrings(a.text, b.text);
}
