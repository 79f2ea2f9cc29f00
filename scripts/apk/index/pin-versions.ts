import type { PackageRecord } from '../model.ts';
import { PackageIndex } from './package-index.ts';
import { bytesToString, decodeUtf8, stringToBytes } from './scan/byte-string.ts';
import { formatStanza } from './stanza.ts';

/**
 * The index as it would be if it held nothing else of some names: packages of a name in `pins` stay only with one of
 * its checksums. Who asks a solver for as little change as possible gives it this.
 *
 * @param missing what an older index held and this one does not
 */
export function pinVersions(
  index: PackageIndex,
  pins: ReadonlyMap<string, ReadonlySet<string>>,
  missing: readonly PackageRecord[],
): PackageIndex {
  const { layout } = index;
  const text = bytesToString(index.bytes);
  const kept: string[] = [];
  for (let id = 0; id < index.size; id++) {
    const start = layout.names[id] ?? 0;
    const checksums = pins.get(decodeUtf8(text.slice(start, text.indexOf('\n', start))));
    if (checksums?.has(index.summary(id).checksum) === false) continue;
    kept.push(`${text.slice(layout.stanzas[id], layout.stanzas[id + 1]).trimEnd()}\n`);
  }
  const added = Buffer.from(missing.map((record) => `\n${formatStanza(record)}`).join(''));
  return PackageIndex.fromText(Buffer.concat([stringToBytes(kept.join('\n')), added]));
}
