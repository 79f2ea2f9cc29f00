import type { PackageIndex } from '../../index/package-index.ts';
import { isNameAt, nameBytesAt } from '../../index/scan/name-bytes.ts';
import type { NameBytes } from '../../index/scan/name-bytes.ts';
import type { StanzaLines } from '../../index/stanza-lines.ts';

/** A package of one of the repositories. */
export interface Place {
  readonly index: PackageIndex;
  readonly repository: number;
  /** Its number in that index. */
  readonly id: number;
}

/**
 * The packages of all repositories under one numbering, repository by repository in index order. Packages of equal
 * checksum are one, offered by several repositories: the first of them stands for all.
 */
export class Catalogue {
  private readonly indexes: readonly PackageIndex[];
  /** By repository: the number of its first package. */
  private readonly firsts: readonly number[];
  /** By package: 1 + the number of the one that stands for it; 0 until it is found. */
  private readonly identities: Int32Array;
  private readonly repositories: Int32Array;
  private readonly fingerprints: Int32Array;
  private readonly triggers: Uint8Array;

  /** @param indexes In order of preference; bit n of a package's repositories is `indexes[n]`. */
  constructor(indexes: readonly PackageIndex[]) {
    this.indexes = indexes;
    let size = 0;
    this.firsts = indexes.map((index) => (size += index.size) - index.size);
    this.identities = new Int32Array(size);
    this.repositories = new Int32Array(size);
    this.fingerprints = new Int32Array(size);
    this.triggers = new Uint8Array(size);
    for (const [repository, index] of indexes.entries()) {
      this.triggers.set(index.triggerMarks(indexes), this.firsts[repository]);
    }
  }

  /** Number of packages. */
  get size(): number {
    return this.identities.length;
  }

  place(number: number): Place {
    const repository = this.firsts.findLastIndex((first) => first <= number);
    const index = this.indexes[repository];
    if (index === undefined) throw new Error(`there is no package ${number}`);
    return { index, repository, id: number - (this.firsts[repository] ?? 0) };
  }

  /** The index text that holds the package's stanza, and where its lines are there. */
  stanza(number: number): { readonly bytes: Buffer; readonly lines: StanzaLines } {
    const { index, id } = this.place(number);
    return { bytes: index.bytes, lines: index.lines(id) };
  }

  /** Bit set of the repositories that were found to have the package; bit 0 is the first in order. */
  repositoriesOf(number: number): number {
    return this.repositories[number] ?? 0;
  }

  /** Which of the package's names are in install_if lists: bits `OWN_NAME` and `PROVIDED_NAME`. */
  triggersOf(number: number): number {
    return this.triggers[number] ?? 0;
  }

  /**
   * Packages that have or provide the name, each once: repository by repository, in index
   * order.
   */
  packagesOf(name: NameBytes): readonly number[] {
    const found: number[] = [];
    for (const [repository, index] of this.indexes.entries()) {
      for (const id of index.providersOf(name)) {
        const number = this.identify((this.firsts[repository] ?? 0) + id, found);
        this.repositories[number] = this.repositoriesOf(number) | (1 << repository);
        if (!found.includes(number)) found.push(number);
      }
    }
    return found;
  }

  /** Packages whose install_if lists mention the name: all that there are, equal ones too. */
  packagesTriggeredBy(name: NameBytes): readonly number[] {
    return this.indexes.flatMap((index, repository) =>
      index.triggeredBy(name).map((id) => (this.firsts[repository] ?? 0) + id),
    );
  }

  /** @param others Packages of earlier repositories that share a name with it, where it may be found already. */
  private identify(number: number, others: readonly number[]): number {
    const known = this.identities[number] ?? 0;
    if (known !== 0) return known - 1;
    const same = others.find((other) => this.isSame(other, number)) ?? number;
    this.identities[number] = same + 1;
    return same;
  }

  private isSame(a: number, b: number): boolean {
    if (this.fingerprint(a) !== this.fingerprint(b)) return false;
    const [one, other] = [this.checksum(a), this.checksum(b)];
    return one.end > one.start && isNameAt(one, other.bytes, other.start, other.end);
  }

  /** Hash of the checksum, which is looked up but once: a name may have hundreds of packages to be told apart. */
  private fingerprint(number: number): number {
    const known = this.fingerprints[number] ?? 0;
    if (known !== 0) return known;
    const { hash } = this.checksum(number);
    this.fingerprints[number] = hash;
    return hash;
  }

  private checksum(number: number): NameBytes {
    const { bytes, lines } = this.stanza(number);
    return nameBytesAt(bytes, lines.checksum.start, lines.checksum.end);
  }
}
