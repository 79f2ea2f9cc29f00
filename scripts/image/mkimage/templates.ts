import { readFile } from 'node:fs/promises';
import path from 'node:path';
import Handlebars from 'handlebars';
import { ioError } from '../../host/fs/errno.ts';
import type { Host } from '../../host/host.ts';
import { shellQuote } from '../../host/process/shell-quote.ts';

const engine = Handlebars.create();
engine.registerHelper('quoted', (text: string) => shellQuote(text));

/**
 * Fills in a template of `profiles/mkimage/`. A name that the view does not have is an error.
 *
 * @throws VipisoError not-found, permission, io
 */
export async function renderTemplate(
  host: Pick<Host, 'packageRoot'>,
  name: string,
  view: object,
): Promise<string> {
  const file = path.join(host.packageRoot, 'profiles', 'mkimage', `${name}.hbs`);
  const source = await readFile(file, 'utf8').catch((error: unknown) => {
    throw ioError(error, 'read the template', file);
  });
  return engine.compile(source, { strict: true, noEscape: true })(view);
}
