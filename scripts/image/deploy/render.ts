import { readFile } from 'node:fs/promises';
import path from 'node:path';
import Handlebars from 'handlebars';
import { ioError } from '../../host/fs/errno.ts';
import type { Host } from '../../host/host.ts';

/** An engine of its own: nothing that other code registers is visible in it. */
const engine = Handlebars.create();
engine.registerHelper('plus', (a: number, b: number) => a + b);

/**
 * The text of a definition, by its template in profiles/deploy/. Values are names, numbers and addresses that the schema
 * has judged, and XML alone needs them escaped.
 *
 * @throws VipisoError not-found, permission
 */
export async function renderDeployFile(
  host: Pick<Host, 'packageRoot'>,
  name: string,
  view: Readonly<Record<string, unknown>>,
): Promise<string> {
  const file = path.join(host.packageRoot, 'profiles/deploy', `${name}.hbs`);
  const template = await readFile(file, 'utf8').catch((error: unknown) => {
    throw ioError(error, 'read the template', file);
  });
  const isXml = name.endsWith('.xml') || name.endsWith('.ovf');
  return engine.compile(template, { strict: true, preventIndent: true, noEscape: !isXml })(view);
}
