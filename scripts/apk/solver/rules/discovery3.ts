import { eachName } from '../../atoms.ts';
import { Column } from '../../column.ts';
import { nameBytesAt } from '../../name-bytes.ts';
import { OWN_NAME } from '../../name-mentions.ts';
import type { Line } from '../../stanza-lines.ts';
import type { Catalogue } from '../catalogue.ts';
import { Discovery, nameAt } from '../discovery.ts';
import type { Walk } from '../trampoline.ts';

/**
 * As apk-tools 3: what packages provide and what their install_if conditions name is discovered, too; a name's rank is
 * its place in the order in which names were left behind. That is nearly everything there is, so each stanza is read once.
 */
export class Discovery3 extends Discovery {
  private left = 0;
  /** What packages provide and then what their install_if conditions name, one package after the other. */
  private readonly mentioned = new Column();
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
      yield* this.visitMentioned(this.provided[provider], this.conditions[provider]);
    }
    this.left += 1;
    this.ranks.set(number, this.left);
    for (const provider of providers) {
      yield* this.visitMentioned(this.conditions[provider], this.ends[provider]);
    }
  }

  protected override *visitPackage(number: number): Walk {
    const { bytes, lines } = this.catalogue.stanza(number);
    this.provided[number] = this.mentioned.length;
    this.mention(bytes, lines.provides);
    this.conditions[number] = this.mentioned.length;
    this.mention(bytes, lines.installIf);
    this.ends[number] = this.mentioned.length;
    yield* super.visitPackage(number);
  }

  /** Only the order in which names are left behind counts. */
  protected override passed(): void {
    return;
  }

  protected override arrived(): void {
    return;
  }

  private mention(bytes: Buffer, list: Line): void {
    eachName(bytes, list, (start, end) => {
      this.mentioned.push(this.number(nameBytesAt(bytes, start, end)));
    });
  }

  private *visitMentioned(from = 0, to = 0): Walk {
    for (let at = from; at < to; at++) {
      const name = this.mentioned.at(at);
      if (!this.isSeen(name)) yield this.visitName(name);
    }
  }
}
