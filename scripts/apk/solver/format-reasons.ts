import type { Reason } from './model.ts';

/** Lines of an explanation, each level indented by two blanks. */
export function formatReasons(reasons: readonly Reason[], depth = 0): string[] {
  return reasons.flatMap(({ text, because }) => [
    `${'  '.repeat(depth)}${text}`,
    ...formatReasons(because, depth + 1),
  ]);
}
