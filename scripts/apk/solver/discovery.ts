import { eachName } from '../atoms.ts';
import { Column, Relation } from '../column.ts';
import { nameBytesAt } from '../name-bytes.ts';
import type { NameBytes } from '../name-bytes.ts';
import { OWN_NAME, PROVIDED_NAME } from '../name-mentions.ts';
import type { Line } from '../stanza-lines.ts';
import type { Catalogue } from './catalogue.ts';
import { compareTableOrder, NameTable } from './name-table.ts';
import { run } from './trampoline.ts';
import type { Walk } from './trampoline.ts';

/** Bits of a name's and a package's state. */
const SEEN = 1;
const NEVER_TRIGGERED = 2;

/**
 * Every name that could matter to a request: what it asks for, all candidates' dependencies, and whatever these could
 * pull in by install_if, with the depths by which the search orders its work. Of these thousands the search looks at
 * some hundreds, so they are numbers here, in columns, and become objects only when it does.
 */
export class Discovery {
  private readonly catalogue: Catalogue;
  private readonly names = new NameTable();
  private readonly nameStates = new Column();
  private readonly nameDepths = new Column();
  private readonly packageStates: Uint8Array;
  private readonly packageDepths: Column;
  /** From a package to the seen names that it stands behind. */
  private readonly served = new Relation();
  /** From a name to the seen packages that depend on it. */
  private readonly dependants = new Relation();

  constructor(catalogue: Catalogue, wanted: readonly NameBytes[]) {
    this.catalogue = catalogue;
    this.packageStates = new Uint8Array(catalogue.size);
    this.packageDepths = new Column(catalogue.size);
    for (const name of wanted) {
      const number = this.number(name);
      if (!this.isSeen(number)) run(this.visitName(number));
    }
  }

  /** How many names were found. */
  get size(): number {
    return this.names.size;
  }

  /** Its number; -1 for a name that was not found. */
  find(name: NameBytes): number {
    return this.names.find(name);
  }

  /** Length of the longest chain of dependencies below a name, as far as cycles let one tell. */
  depthOf(name: number): number {
    return this.nameDepths.at(name);
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

  private *visitName(number: number): Walk {
    this.nameStates.set(number, SEEN | NEVER_TRIGGERED);
    const providers = this.catalogue.packagesOf(this.names.name(number));
    for (const provider of providers) {
      this.served.add(provider, number);
      if (!this.isSeenPackage(provider)) yield* this.visitPackage(provider);
      if (!this.has(provider, NEVER_TRIGGERED)) this.nameStates.set(number, SEEN);
      deepen(this.nameDepths, number, this.packageDepths.at(provider));
    }
    for (const provider of providers) {
      if (this.catalogue.triggersOf(provider) !== 0) yield this.visitTriggered(provider);
    }
  }

  private *visitPackage(number: number): Walk {
    const { bytes, lines } = this.catalogue.stanza(number);
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
      deepen(this.packageDepths, number, this.nameDepths.at(name) + 1);
    }
  }

  private *visitTriggered(number: number): Walk {
    const triggers = this.catalogue.triggersOf(number);
    const { bytes, lines } = this.catalogue.stanza(number);
    if ((triggers & OWN_NAME) !== 0) {
      yield* this.visitUnseen(this.triggeredBy(nameAt(bytes, lines.name)));
    }
    if ((triggers & PROVIDED_NAME) === 0) return;
    const provided: NameBytes[] = [];
    eachName(bytes, lines.provides, (start, end) => {
      provided.push(nameBytesAt(bytes, start, end));
    });
    for (const name of provided) {
      if (!this.isSeen(this.find(name))) yield* this.visitUnseen(this.triggeredBy(name));
    }
  }

  private *visitUnseen(names: readonly number[]): Walk {
    for (const name of names) if (!this.isSeen(name)) yield this.visitName(name);
  }

  /** Names of packages that wait for the name, and what these provide, in apk's order. */
  private triggeredBy(name: NameBytes): readonly number[] {
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

  private number(name: NameBytes): number {
    const number = this.names.number(name);
    if (number === this.nameStates.length) {
      this.nameStates.push(0);
      this.nameDepths.push(0);
    }
    return number;
  }

  private isSeen(name: number): boolean {
    return name >= 0 && this.nameStates.at(name) !== 0;
  }

  private has(number: number, bit: number): boolean {
    return ((this.packageStates[number] ?? 0) & bit) !== 0;
  }

  private mark(number: number, bits: number): void {
    this.packageStates[number] = (this.packageStates[number] ?? 0) | bits;
  }
}

function nameAt(bytes: Buffer, { start, end }: Line): NameBytes {
  return nameBytesAt(bytes, start, end);
}

function deepen(depths: Column, position: number, depth: number): void {
  if (depth > depths.at(position)) depths.set(position, depth);
}
