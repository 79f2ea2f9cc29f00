import { eachName } from '../../index/scan/atoms.ts';
import { Int32Vector } from '../../index/scan/int32-vector.ts';
import { nameBytesAt } from '../../index/scan/name-bytes.ts';
import type { NameBytes } from '../../index/scan/name-bytes.ts';
import { OWN_NAME, PROVIDED_NAME } from '../../index/scan/name-index.ts';
import type { Catalogue } from '../graph/catalogue.ts';
import { Discovery, nameAt } from '../graph/discovery.ts';
import type { Walk } from '../graph/trampoline.ts';

/**
 * As apk-tools 2.14: a name's rank is the length of the longest chain of dependencies below it, as far as cycles let one
 * tell.
 */
export class Discovery2 extends Discovery {
  private readonly packageDepths: Int32Vector;

  constructor(catalogue: Catalogue) {
    super(catalogue);
    this.packageDepths = new Int32Vector(catalogue.size);
  }

  protected override *visitName(number: number): Walk {
    const providers = yield* this.visitProviders(number);
    for (const provider of providers) {
      if (this.catalogue.triggersOf(provider) !== 0) yield this.visitTriggered(provider);
    }
  }

  protected override entered(): void {
    return;
  }

  protected override passed(number: number, dependency: number): void {
    deepen(this.packageDepths, number, this.ranks.at(dependency) + 1);
  }

  protected override arrived(number: number, provider: number): void {
    deepen(this.ranks, number, this.packageDepths.at(provider));
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
}

function deepen(depths: Int32Vector, position: number, depth: number): void {
  if (depth > depths.at(position)) depths.set(position, depth);
}
