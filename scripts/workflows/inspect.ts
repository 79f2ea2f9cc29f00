import path from 'node:path';
import type { Host } from '../host/host.ts';
import { inspectIso } from '../release/inspect/describe.ts';
import type { InspectedImage } from '../release/inspect/describe.ts';
import { inspectedText } from '../release/inspect/text.ts';

/**
 * Reads what an image is, without mounting it.
 *
 * @param name of the image, as the user gave it
 * @throws VipisoError not-found, image-wrong, malformed-archive
 */
export async function inspectImage(
  host: Pick<Host, 'cwd'>,
  name: string,
): Promise<{ readonly image: InspectedImage; readonly text: readonly string[] }> {
  const image = await inspectIso(path.resolve(host.cwd, name));
  return { image, text: inspectedText(image) };
}
