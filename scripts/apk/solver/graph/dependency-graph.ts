import type { Dependency } from '../../dependency.ts';
import type { ByteString } from '../../index/scan/byte-string.ts';
import { nameBytesOf } from '../../index/scan/name-bytes.ts';
import { parseDependencyAs } from '../rules/model.ts';
import type { SolverRules } from '../rules/model.ts';
import type { Catalogue } from './catalogue.ts';
import type { Discovery } from './discovery.ts';
import { compareTableOrder } from './name-table.ts';
import { Candidate, NameNode } from './names.ts';
import type { NameKind, Provider, Requirement, RequirementList } from './names.ts';

const NO_REQUIREMENTS: RequirementList = { list: [], sound: true };
const NO_PROVIDERS: readonly Provider[] = [];
const NO_NUMBERS = new Int32Array();

/** What was discovered as a graph, grown as names are asked for. */
export class DependencyGraph {
  private readonly catalogue: Catalogue;
  private readonly discovery: Discovery;
  private readonly untagged: number;
  private readonly parse = (atoms: ByteString): RequirementList => this.requirements(atoms);
  private readonly atoms = new Map<string, Requirement>();
  private readonly names = new Map<string, NameNode>();
  /** By number. */
  private readonly discovered: (NameNode | undefined)[];
  private readonly candidates = new Map<number, Candidate>();
  readonly rules: SolverRules;

  /** @param untagged Bit set of the repositories without a tag: anything may come from them. */
  constructor(
    rules: SolverRules,
    catalogue: Catalogue,
    { discovery, untagged }: { readonly discovery: Discovery; readonly untagged: number },
  ) {
    this.rules = rules;
    this.catalogue = catalogue;
    this.discovery = discovery;
    this.untagged = untagged;
    this.discovered = new Array<NameNode | undefined>(discovery.size).fill(undefined);
  }

  name(text: ByteString): NameNode {
    const known = this.names.get(text);
    if (known !== undefined) return known;
    const bytes = nameBytesOf(text);
    const number = this.discovery.find(bytes);
    const node = new NameNode(text, bytes, number);
    if (node.seen) {
      node.rank = this.discovery.rankOf(number);
      node.neverTriggered = this.discovery.isNeverTriggered(number);
      this.discovered[number] = node;
    }
    this.names.set(text, node);
    return node;
  }

  /** A discovered name, where somebody has asked for it. */
  known(number: number): NameNode | undefined {
    return this.discovered[number];
  }

  /** How many names were discovered. */
  get size(): number {
    return this.discovered.length;
  }

  /** Numbers of the names of packages that depend on it. */
  dependantsOf(name: NameNode): Int32Array {
    name.dependants ??= name.seen ? this.discovery.dependantsOf(name.number) : NO_NUMBERS;
    return name.dependants;
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

  /**
   * Whether a provider of the dependency's name fulfils it; nothing fulfils only a conflict.
   *
   * @param by The package that has the dependency; absent where it is the request's.
   */
  fulfils(dependency: Dependency, provider: Provider | undefined, by?: Candidate): boolean {
    if (provider === undefined) return dependency.conflict;
    const { candidate, version } = provider;
    if (dependency.conflict && candidate === by && !this.rules.refusesItself) return true;
    return this.rules.isProvidedBy(dependency, version, candidate.summary.checksum);
  }

  kindOf(name: NameNode): NameKind {
    name.kind ??= kindAmong(name, this.providersOf(name));
    return name.kind;
  }

  private findProviders(name: NameNode): readonly Provider[] {
    const candidates = this.catalogue.packagesOf(name.bytes).map((it) => this.candidate(it));
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

  private candidate(number: number): Candidate {
    const known = this.candidates.get(number);
    if (known !== undefined) return known;
    const { index, repository, id } = this.catalogue.place(number);
    const summary = index.summary(id);
    const triggers = this.catalogue.triggersOf(number);
    const repositories = this.catalogue.repositoriesOf(number);
    const offer = { summary, repository, id, repositories, triggers };
    const candidate = new Candidate(offer, this.name(summary.name), this.parse);
    if (this.discovery.isSeenPackage(number)) this.prepare(candidate);
    this.candidates.set(number, candidate);
    return candidate;
  }

  /** A package of no installed size counts as untagged wherever it is: apk takes it for a virtual one. */
  private prepare(candidate: Candidate): void {
    const { summary, offer } = candidate;
    const { refusesMalformed } = this.rules;
    candidate.selectable = candidate.dependsSound || !refusesMalformed;
    candidate.neverTriggered =
      summary.installIf === '' || (refusesMalformed && !this.requirements(summary.installIf).sound);
    candidate.tagPreferred =
      summary.installedSize === 0 || (offer.repositories & this.untagged) !== 0;
    candidate.tagAllowed = candidate.tagPreferred;
  }

  /** Like apk, stops at the first atom of a list that is not a dependency. */
  private requirements(atoms: ByteString): RequirementList {
    if (atoms === '') return NO_REQUIREMENTS;
    const list: Requirement[] = [];
    for (const atom of atoms.includes(' ') ? atoms.split(' ') : [atoms]) {
      if (atom === '') continue;
      const requirement = this.requirement(atom);
      if (requirement === undefined) return { list, sound: false };
      list.push(requirement);
    }
    return { list, sound: true };
  }

  /** The same few libraries are in thousands of lists: each atom is parsed once. */
  private requirement(atom: string): Requirement | undefined {
    const known = this.atoms.get(atom);
    if (known !== undefined) return known;
    const dependency = parseDependencyAs(this.rules, atom);
    if (dependency === undefined) return undefined;
    const requirement = { name: this.name(dependency.name), dependency };
    this.atoms.set(atom, requirement);
    return requirement;
  }

  private findTriggered(name: NameNode): readonly NameNode[] {
    const names = new Set<NameNode>();
    for (const number of this.catalogue.packagesTriggeredBy(name.bytes)) {
      const { index, id } = this.catalogue.place(number);
      const { name: own, provides } = index.summary(id);
      names.add(this.name(own));
      for (const provided of this.requirements(provides).list) names.add(provided.name);
    }
    return [...names].sort((a, b) => compareTableOrder(a.bytes, b.bytes));
  }
}

/** Whether a candidate is behind a name just by having it. */
function isOnlyItself(candidate: Candidate, name: NameNode): boolean {
  return candidate.name === name && !candidate.summary.provides.includes(name.text);
}

function kindAmong(name: NameNode, providers: readonly Provider[]): NameKind {
  const foreign = providers.filter(({ candidate }) => candidate.name !== name).length;
  if (foreign === 0) return 'plain';
  return foreign === providers.length ? 'virtual' : 'shared';
}
