import { eachName } from '../../atoms.ts';
import { nameBytesAt } from '../../name-bytes.ts';
import { OWN_NAME } from '../../name-mentions.ts';
import type { Line } from '../../stanza-lines.ts';
import { Discovery, nameAt } from '../discovery.ts';
import type { Walk } from '../trampoline.ts';

/**
 * As apk-tools 3: what packages provide and what their install_if conditions name is discovered, too; a name's rank is
 * its place in the order in which names were left behind.
 */
export class Discovery3 extends Discovery {
  private left = 0;

  protected override *visitName(number: number): Walk {
    const providers = yield* this.visitProviders(number);
    yield* this.visitUnseen(this.triggeredBy(this.names.name(number)));
    for (const provider of providers) {
      const { bytes, lines } = this.catalogue.stanza(provider);
      if ((this.catalogue.triggersOf(provider) & OWN_NAME) !== 0) {
        yield* this.visitUnseen(this.triggeredBy(nameAt(bytes, lines.name)));
      }
      yield* this.visitUnseen(this.namesIn(bytes, lines.provides));
    }
    this.left += 1;
    this.ranks.set(number, this.left);
    for (const provider of providers) {
      const { bytes, lines } = this.catalogue.stanza(provider);
      yield* this.visitUnseen(this.namesIn(bytes, lines.installIf));
    }
  }

  /** Only the order in which names are left behind counts. */
  protected override passed(): void {
    return;
  }

  protected override arrived(): void {
    return;
  }

  private namesIn(bytes: Buffer, list: Line): readonly number[] {
    const found: number[] = [];
    eachName(bytes, list, (start, end) => {
      found.push(this.number(nameBytesAt(bytes, start, end)));
    });
    return found;
  }
}
