import Handlebars from 'handlebars';
import type { ProofComparison } from './compare.ts';
import type { ProofDocument } from './document.ts';
import { pageView } from './view.ts';

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
  const render = engine.compile(template, { strict: true, preventIndent: true });
  return render(pageView(proof, comparison));
}
