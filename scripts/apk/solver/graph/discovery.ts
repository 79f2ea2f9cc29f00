import { eachName } from '../../index/scan/atoms.ts';
import { Int32Vector, AdjacencyList } from '../../index/scan/int32-vector.ts';
import { nameBytesAt } from '../../index/scan/name-bytes.ts';
import type { NameBytes } from '../../index/scan/name-bytes.ts';
import type { Line, StanzaLines } from '../../index/stanza-lines.ts';
import type { Catalogue } from './catalogue.ts';
import { compareTableOrder, NameTable } from './name-table.ts';
import { run } from './trampoline.ts';
import type { Walk } from './trampoline.ts';

/** Bits of a name's and a package's state. */
const SEEN = 1;
const NEVER_TRIGGERED = 2;

/**
 * Every name that could matter to a request: what it asks for, all candidates' dependencies, and whatever these could
 * pull in by install_if, with the ranks by which the search orders its work. Of these thousands the search looks at
 * some hundreds, so they are numbers here, in columns, and become objects only when it does. How far to walk, and in
 * which order, is a matter of the generation of apk. Source: `discover_name` of apk-tools, src/solver.c.
 */
export abstract class Discovery {
  protected readonly catalogue: Catalogue;
  protected readonly names = new NameTable();
  protected readonly ranks = new Int32Vector();
  private readonly nameStates = new Int32Vector();
  private readonly packageStates: Uint8Array;
  /** From a package to the seen names that it is behind. */
  protected readonly served = new AdjacencyList();
  /** From a name to the seen packages that depend on it. */
  private readonly dependants = new AdjacencyList();

  constructor(catalogue: Catalogue) {
    this.catalogue = catalogue;
    this.packageStates = new Uint8Array(catalogue.size);
  }

  /** Walks from these names to all that could matter to them. */
  from(wanted: readonly NameBytes[]): this {
    for (const name of wanted) {
      const number = this.number(name);
      if (!this.isSeen(number)) run(this.visitName(number));
    }
    return this;
  }

  /** How many names were found. */
  get size(): number {
    return this.names.size;
  }

  /** Its number; -1 for a name that was not found. */
  find(name: NameBytes): number {
    return this.names.find(name);
  }

  /** Of two names alike the search takes the one of the higher rank first. */
  rankOf(name: number): number {
    return this.ranks.at(name);
  }

  /** No package behind the name has install_if conditions. */
  isNeverTriggered(name: number): boolean {
    return (this.nameStates.at(name) & NEVER_TRIGGERED) !== 0;
  }

  isSeenPackage(number: number): boolean {
    return this.has(number, SEEN);
  }

  /** Names of packages that depend on the name, each once. */
  dependantsOf(name: number): Int32Array {
    const found = new Set<number>();
    for (const dependant of this.dependants.of(name)) {
      for (const served of this.served.of(dependant)) found.add(served);
    }
    return Int32Array.from(found);
  }

  protected abstract visitName(number: number): Walk;

  /** Called once for each package, with what its stanza says. */
  protected abstract entered(number: number, bytes: Buffer, lines: StanzaLines): void;

  /** Called when a package's dependency has been visited, or was before. */
  protected abstract passed(number: number, dependency: number): void;

  /** Every package behind the name, with all that it depends on; returns their numbers. */
  protected *visitProviders(number: number): Generator<Walk, readonly number[], undefined> {
    this.nameStates.set(number, SEEN | NEVER_TRIGGERED);
    const providers = this.catalogue.packagesOf(this.names.name(number));
    for (const provider of providers) {
      this.served.add(provider, number);
      if (!this.isSeenPackage(provider)) yield* this.visitPackage(provider);
      if (!this.has(provider, NEVER_TRIGGERED)) this.nameStates.set(number, SEEN);
      this.arrived(number, provider);
    }
    return providers;
  }

  /** Called when one of a name's packages has been visited, or was before. */
  protected abstract arrived(number: number, provider: number): void;

  protected *visitUnseen(names: readonly number[]): Walk {
    for (const name of names) if (!this.isSeen(name)) yield this.visitName(name);
  }

  private *visitPackage(number: number): Walk {
    const { bytes, lines } = this.catalogue.stanza(number);
    this.entered(number, bytes, lines);
    const conditions = lines.installIf.end > lines.installIf.start;
    this.mark(number, conditions ? SEEN : SEEN | NEVER_TRIGGERED);
    const wanted: number[] = [];
    eachName(bytes, lines.depends, (start, end) => {
      const name = this.number(nameBytesAt(bytes, start, end));
      this.dependants.add(name, number);
      wanted.push(name);
    });
    for (const name of wanted) {
      if (!this.isSeen(name)) yield this.visitName(name);
      this.passed(number, name);
    }
  }

  /** Names of packages that wait for the name, and what these provide, in apk's order. */
  protected triggeredBy(name: NameBytes): readonly number[] {
    const found = new Set<number>();
    for (const number of this.catalogue.packagesTriggeredBy(name)) {
      const { bytes, lines } = this.catalogue.stanza(number);
      found.add(this.number(nameAt(bytes, lines.name)));
      eachName(bytes, lines.provides, (start, end) => {
        found.add(this.number(nameBytesAt(bytes, start, end)));
      });
    }
    return [...found].sort((a, b) => compareTableOrder(this.names.name(a), this.names.name(b)));
  }

  protected number(name: NameBytes): number {
    const number = this.names.number(name);
    if (number === this.nameStates.length) {
      this.nameStates.push(0);
      this.ranks.push(0);
    }
    return number;
  }

  protected isSeen(name: number): boolean {
    return name >= 0 && this.nameStates.at(name) !== 0;
  }

  private has(number: number, bit: number): boolean {
    return ((this.packageStates[number] ?? 0) & bit) !== 0;
  }

  private mark(number: number, bits: number): void {
    this.packageStates[number] = (this.packageStates[number] ?? 0) | bits;
  }
}

export function nameAt(bytes: Buffer, { start, end }: Line): NameBytes {
  return nameBytesAt(bytes, start, end);
}
