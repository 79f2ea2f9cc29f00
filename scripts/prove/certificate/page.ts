import Handlebars from 'handlebars';
import type { ProofComparison } from './compare.ts';
import type { ProofDocument } from './document.ts';
import { pageView } from './view.ts';
import type { PageView } from './view.ts';

/** An engine of its own: nothing that other code registers is visible in it. */
const engine = Handlebars.create();

/**
 * `proof.html`: the certificate for people, complete in itself. It loads nothing and runs no script, and every value
 * is escaped: console lines and names come from machines that were broken on purpose.
 *
 * @param template the text of profiles/proof/proof.html.hbs
 * @param comparison with an older proof, shown as a section of its own
 */
export function renderProofPage(
  proof: ProofDocument,
  template: string,
  comparison?: ProofComparison,
): string {
  return compiled(template)(pageView(proof, comparison));
}

const templates = new Map<string, HandlebarsTemplateDelegate<PageView>>();

/** Compiling takes longer than rendering. */
function compiled(template: string): HandlebarsTemplateDelegate<PageView> {
  const known = templates.get(template);
  const render = known ?? engine.compile(template, { strict: true, preventIndent: true });
  templates.set(template, render);
  return render;
}
