import { SILENCEABLE } from '../codes/pages.ts';
import { didYouMean } from './did-you-mean.ts';
import type { LintFinding } from './finding.ts';

/**
 * Applies `lint.ignore`: a warning of an ignored code goes, an error of one becomes a warning (the user
 * answers for it, the log still shows it), unless nothing sensible could be built.
 */
export function applyIgnored(
  findings: readonly LintFinding[],
  ignored: readonly string[],
): readonly LintFinding[] {
  return findings.flatMap((finding) => {
    if (finding.fatal === true || !ignored.includes(finding.code)) return [finding];
    return finding.severity === 'warning' ? [] : [{ ...finding, severity: 'warning' as const }];
  });
}

/** Codes in `lint.ignore` that no rule has: a slip there would silence nothing. */
export function unknownCodes(ignored: readonly string[]): readonly LintFinding[] {
  return ignored.flatMap((code, index) => unknownCode(code, index));
}

function unknownCode(code: string, index: number): readonly LintFinding[] {
  if (SILENCEABLE.includes(code)) return [];
  const guess = didYouMean(code, SILENCEABLE);
  return [
    {
      code: 'lint-ignore',
      severity: 'error',
      message: `${JSON.stringify(code)} is not a code that can be silenced`,
      path: ['lint', 'ignore', index],
      hint:
        guess === undefined
          ? `Known codes: ${SILENCEABLE.join(', ')}.`
          : `Did you mean ${JSON.stringify(guess)}?`,
    },
  ];
}
