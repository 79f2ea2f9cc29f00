import { eachName } from '../../index/scan/atoms.ts';
import { Int32Vector } from '../../index/scan/int32-vector.ts';
import { nameBytesAt } from '../../index/scan/name-bytes.ts';
import { OWN_NAME } from '../../index/scan/name-index.ts';
import type { Line, StanzaLines } from '../../index/stanza-lines.ts';
import type { Catalogue } from '../graph/catalogue.ts';
import { Discovery, nameAt } from '../graph/discovery.ts';
import type { Walk } from '../graph/trampoline.ts';

/**
 * As apk-tools 3: what packages provide and what their install_if conditions name is discovered, too; a name's rank is
 * its place in the order in which names were left behind. That is nearly everything there is, so each stanza is read once.
 */
export class Discovery3 extends Discovery {
  private left = 0;
  /** What packages provide and then what their install_if conditions name, one package after the other. */
  private readonly named = new Int32Vector();
  /** By package: where its provided names begin, where its conditions do, and where they end. */
  private readonly provided: Int32Array;
  private readonly conditions: Int32Array;
  private readonly ends: Int32Array;

  constructor(catalogue: Catalogue) {
    super(catalogue);
    this.provided = new Int32Array(catalogue.size);
    this.conditions = new Int32Array(catalogue.size);
    this.ends = new Int32Array(catalogue.size);
  }

  protected override *visitName(number: number): Walk {
    const providers = yield* this.visitProviders(number);
    if (providers.length === 0 || providers.some((it) => this.catalogue.triggersOf(it) !== 0)) {
      yield* this.visitUnseen(this.triggeredBy(this.names.name(number)));
    }
    for (const provider of providers) {
      if ((this.catalogue.triggersOf(provider) & OWN_NAME) !== 0) {
        const { bytes, lines } = this.catalogue.stanza(provider);
        yield* this.visitUnseen(this.triggeredBy(nameAt(bytes, lines.name)));
      }
      const end = this.conditions[provider] ?? 0;
      for (let at = this.provided[provider] ?? 0; at < end; at++) {
        const name = this.named.at(at);
        if (!this.isSeen(name)) yield this.visitName(name);
      }
    }
    this.left += 1;
    this.ranks.set(number, this.left);
    for (const provider of providers) {
      const end = this.ends[provider] ?? 0;
      for (let at = this.conditions[provider] ?? 0; at < end; at++) {
        const name = this.named.at(at);
        if (!this.isSeen(name)) yield this.visitName(name);
      }
    }
  }

  protected override entered(number: number, bytes: Buffer, lines: StanzaLines): void {
    this.provided[number] = this.named.length;
    this.entry(bytes, lines.provides);
    this.conditions[number] = this.named.length;
    this.entry(bytes, lines.installIf);
    this.ends[number] = this.named.length;
  }

  /** Only the order in which names are left behind counts. */
  protected override passed(): void {
    return;
  }

  protected override arrived(): void {
    return;
  }

  private entry(bytes: Buffer, list: Line): void {
    eachName(bytes, list, (start, end) => {
      this.named.push(this.number(nameBytesAt(bytes, start, end)));
    });
  }
}
