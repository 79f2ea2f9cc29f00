import { expect, test } from 'vitest';
import { solve } from '../../../../scripts/apk/solver/solve.ts';
import { recordFor } from '../../../support/apk/apk-builder.ts';

test.each(['2', '3'] as const)(
  'apk-tools %s: a request may lead down a chain longer than any call stack',
  (apk) => {
    const length = 8_000;
    const records = Array.from({ length }, (_, position) =>
      recordFor({
        name: `p${position}`,
        depends: position + 1 < length ? [`p${position + 1}`] : [],
      }),
    );
    const outcome = solve({ apk, request: ['p0'], repositories: [{ name: 'main', records }] });
    expect(outcome.satisfiable && outcome.packages).toHaveLength(length);
    expect(outcome.satisfiable && outcome.packages[0]?.record.name).toBe(`p${length - 1}`);
  },
);
