import { pageText } from '../../cluster/codes/page-text.ts';
import { CODE_PAGES } from '../../cluster/codes/pages.ts';
import { didYouMean } from '../../cluster/findings/did-you-mean.ts';
import { errorPage, isErrorCode } from '../../core/error-pages.ts';
import { VipisoError } from '../../core/errors.ts';

/**
 * What a code of `check`, or of a failure, means.
 *
 * @throws VipisoError usage for a code that there is not
 */
export function explainCode(code: string): readonly string[] {
  const page = CODE_PAGES.find((it) => it.code === code);
  if (page !== undefined) return pageText(page);
  if (isErrorCode(code)) return errorPage(code);
  const codes = CODE_PAGES.map((it) => it.code);
  const guess = didYouMean(code, codes);
  throw new VipisoError('usage', `there is no code ${JSON.stringify(code)}`, {
    hint: guess === undefined ? `The codes are ${codes.join(', ')}.` : `Did you mean ${guess}?`,
  });
}
