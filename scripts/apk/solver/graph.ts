import type { Dependency } from '../dependency.ts';
import type { ByteString } from '../byte-string.ts';
import type { StanzaSummary } from '../stanza-summary.ts';

/** A dependency whose name is looked up. */
export interface Requirement {
  readonly name: NameNode;
  readonly dependency: Dependency;
}

/** A package standing behind a name, with the version under which it provides it (none: purely virtual). */
export interface Provider {
  readonly candidate: Candidate;
  readonly version: string | undefined;
}

/** How a name is served: by packages of that name, by those and others, or by others alone. */
export type NameKind = 'plain' | 'shared' | 'virtual';

/** A package that could be chosen, and what the search knows of it so far. */
export class Candidate {
  readonly summary: StanzaSummary;
  /** The first repository that offers it, and its number there. */
  readonly repository: number;
  readonly id: number;
  /** Bit set of the repositories that offer it; bit 0 is the first in order. */
  readonly repositories: number;
  readonly name: NameNode;
  readonly provides: readonly { readonly name: NameNode; readonly version: string | undefined }[];
  readonly depends: readonly Requirement[];
  readonly installIf: readonly Requirement[];

  seen = false;
  selectable = false;
  /** Length of the longest chain of dependencies below it, as far as cycles let one tell. */
  depth = 0;
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

  constructor(
    about: Pick<
      Candidate,
      | 'summary'
      | 'repository'
      | 'id'
      | 'repositories'
      | 'name'
      | 'provides'
      | 'depends'
      | 'installIf'
    >,
  ) {
    this.summary = about.summary;
    this.repository = about.repository;
    this.id = about.id;
    this.repositories = about.repositories;
    this.name = about.name;
    this.provides = about.provides;
    this.depends = about.depends;
    this.installIf = about.installIf;
  }

  toString(): string {
    return `${this.summary.name}-${this.summary.version}`;
  }
}

/** A name that something provides or asks for, and what the search has found out and decided about it. */
export class NameNode {
  readonly text: ByteString;
  /** Its `murmur3`. */
  readonly hash: number;
  /** Looked up when first asked for, by the universe. */
  providers: readonly Provider[] | undefined = undefined;
  triggers: readonly NameNode[] | undefined = undefined;
  kind: NameKind | undefined = undefined;

  /** Packages that depend on it, by name, among those that the search has seen. */
  dependants: NameNode[] = [];
  /** The user asked for it. */
  requested = false;
  seen = false;
  depth = 0;
  /** Number of constraints that ask for it. */
  requirers = 0;
  /** Decided for good: `chosen` provides it, or nothing does. */
  locked = false;
  chosen: Provider | undefined = undefined;
  /** Waiting to be looked at again, and for which reasons. */
  dirty = false;
  recheckDepends = false;
  recheckInstallIf = false;
  /** Waiting to be decided since this moment; 0 when it is not. */
  openSince = 0;
  hasOptions = false;
  triggered = false;
  neverTriggered = false;
  dependantsDecided = false;
  placed = false;

  constructor(text: ByteString, hash: number) {
    this.text = text;
    this.hash = hash;
  }
}
