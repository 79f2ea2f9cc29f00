import { lintError } from '../../findings/finding.ts';
import type { Rule } from '../rule.ts';
import { rawKeepalivedLines } from './raw-lines.ts';

export const muslInclude: Rule = (input) =>
  rawKeepalivedLines(input).flatMap(({ line, path }) => {
    if (!/^\s*include\s/.test(line)) return [];
    const message =
      "plain include does not work in keepalived on Alpine: musl's glob() lacks what it needs";
    return [
      lintError(
        'musl-include',
        path,
        message,
        'Use includer (the file must exist), includea or includew.',
      ),
    ];
  });
