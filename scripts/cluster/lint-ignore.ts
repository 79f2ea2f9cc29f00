import { didYouMean } from './did-you-mean.ts';
import type { Finding } from './finding.ts';
import { SILENCEABLE } from './codes/pages.ts';

/**
 * Applies `lint.ignore`: a warning of an ignored code goes, an error of one becomes a warning (the user
 * answers for it, the log still shows it), unless nothing sensible could be built.
 */
export function applyIgnored(
  findings: readonly Finding[],
  ignored: readonly string[],
): readonly Finding[] {
  return findings.flatMap((finding) => {
    if (finding.fatal === true || !ignored.includes(finding.code)) return [finding];
    return finding.severity === 'warning' ? [] : [{ ...finding, severity: 'warning' as const }];
  });
}

/** Codes in `lint.ignore` that no rule has: a slip there would silence nothing. */
export function unknownCodes(ignored: readonly string[]): readonly Finding[] {
  return ignored.flatMap((code, index) => unknownCode(code, index));
}

function unknownCode(code: string, index: number): readonly Finding[] {
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
