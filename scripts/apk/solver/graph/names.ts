import type { Dependency } from '../../dependency.ts';
import type { ByteString } from '../../index/scan/byte-string.ts';
import type { NameBytes } from '../../index/scan/name-bytes.ts';
import type { StanzaSummary } from '../../index/stanza-summary.ts';

/** A dependency whose name is looked up. */
export interface Requirement {
  readonly name: NameNode;
  readonly dependency: Dependency;
}

/** A list of atoms up to the first that is not a dependency; `sound` when there is none. */
export interface RequirementList {
  readonly list: readonly Requirement[];
  readonly sound: boolean;
}

/** A package standing behind a name, with the version under which it provides it (none: purely virtual). */
export interface Provider {
  readonly candidate: Candidate;
  readonly version: string | undefined;
}

/** A name that a package provides besides its own. */
export interface Provided {
  readonly name: NameNode;
  readonly version: string | undefined;
}

/** How a name is served: by packages of that name, by those and others, or by others alone. */
export type NameKind = 'plain' | 'shared' | 'virtual';

/** A package as its repositories offer it. */
export interface Offer {
  readonly summary: StanzaSummary;
  /** The first repository that has it, and its number there. */
  readonly repository: number;
  readonly id: number;
  /** Bit set of the repositories that have it; bit 0 is the first in order. */
  readonly repositories: number;
  /** Which of its names are in install_if lists: bits `OWN_NAME` and `PROVIDED_NAME`. */
  readonly triggers: number;
}

/** A package that could be chosen, and what the search knows of it so far. */
export class Candidate {
  readonly offer: Offer;
  readonly summary: StanzaSummary;
  readonly name: NameNode;
  readonly depends: readonly Requirement[];
  /** All of its list of dependencies could be read. */
  readonly dependsSound: boolean;
  private readonly parse: (atoms: ByteString) => RequirementList;
  private parsedProvides: readonly Provided[] | undefined = undefined;
  private parsedInstallIf: readonly Requirement[] | undefined = undefined;

  selectable = false;
  /** Number of constraints that it does not fulfil. */
  conflicts = 0;
  /** Bit set of tags whose repositories it may come from; bit 0 stands for the untagged ones. */
  allowedTags = 1;
  tagAllowed = false;
  tagPreferred = false;
  /** It was among the options when its name's common dependencies were last merged. */
  merged = false;
  inMergeGroup = false;
  /** Its install_if conditions hold; or one of them can no longer hold, or there are none. */
  triggered = false;
  neverTriggered = false;
  broken = false;
  placed = false;

  /** @param parse Reads a list of atoms; what few candidates are ever asked for is read late. */
  constructor(offer: Offer, name: NameNode, parse: (atoms: ByteString) => RequirementList) {
    this.offer = offer;
    this.summary = offer.summary;
    this.name = name;
    this.parse = parse;
    const { list, sound } = parse(offer.summary.depends);
    this.depends = list;
    this.dependsSound = sound;
  }

  get provides(): readonly Provided[] {
    this.parsedProvides ??= this.parse(this.summary.provides).list.map(providedBy);
    return this.parsedProvides;
  }

  get installIf(): readonly Requirement[] {
    this.parsedInstallIf ??= this.parse(this.summary.installIf).list;
    return this.parsedInstallIf;
  }

  toString(): string {
    return `${this.summary.name}-${this.summary.version}`;
  }
}

/** A name that something provides or asks for, and what the search has found out and decided about it. */
export class NameNode {
  readonly text: ByteString;
  /** Where its letters stand, to look it up. */
  readonly bytes: NameBytes;
  /** Its number among the names that were discovered, or -1. */
  readonly number: number;
  /** Looked up when first asked for, by the dependency graph. */
  providers: readonly Provider[] | undefined = undefined;
  triggers: readonly NameNode[] | undefined = undefined;
  kind: NameKind | undefined = undefined;

  /** Numbers of the names of packages that depend on it. */
  dependants: Int32Array | undefined = undefined;
  /** The user asked for it. */
  requested = false;
  /** Of names that are alike to the agenda the one of the higher rank is decided first. */
  rank = 0;
  /** Number of constraints that ask for it. */
  requirers = 0;
  /** Decided for good: `chosen` provides it, or nothing does. */
  locked = false;
  chosen: Provider | undefined = undefined;
  /** Waiting to be looked at again, and for which reasons. */
  dirty = false;
  recheckInstallIf = false;
  /** Waiting to be decided since this moment; 0 when it is not. */
  openSince = 0;
  hasOptions = false;
  /** One of its providers may be taken without being asked for by its own name. */
  autoSelectable = false;
  triggered = false;
  neverTriggered = false;
  /** An install_if condition waits for it to be decided that it stays out. */
  refusedByInstallIf = false;
  /** Some package bears it as its own name; looked up when first asked for. */
  installed: boolean | undefined = undefined;
  dependantsDecided = false;
  placed = false;

  constructor(text: ByteString, bytes: NameBytes, number: number) {
    this.text = text;
    this.bytes = bytes;
    this.number = number;
  }

  /** It could matter to the request. */
  get seen(): boolean {
    return this.number >= 0;
  }
}

function providedBy({ name, dependency: { constraint } }: Requirement): Provided {
  return { name, version: constraint.kind === 'version' ? constraint.version : undefined };
}
