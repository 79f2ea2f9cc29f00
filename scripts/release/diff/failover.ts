import type { ReleaseManifest } from '../format/manifest.ts';
import type { FailoverTimes, TimeChange } from './model.ts';
import type { DiffSubject } from './subject.ts';

type Times = ReadonlyMap<string, Omit<TimeChange, 'before' | 'after'> & { readonly at: number }>;

/** Times by the timers of both releases, and as their proofs measured them; none where either does not tell. */
export function failoverTimes(before: DiffSubject, after: DiffSubject): FailoverTimes {
  return {
    expected:
      before.manifest === undefined || after.manifest === undefined
        ? []
        : joined(expectedIn(before.manifest), expectedIn(after.manifest)),
    proven: joined(provenIn(before), provenIn(after)),
  };
}

function joined(before: Times, after: Times): readonly TimeChange[] {
  const keys = [...new Set([...after.keys(), ...before.keys()])];
  return keys.flatMap((key) => {
    const [old, fresh] = [before.get(key), after.get(key)];
    const named = fresh ?? old;
    if (named === undefined) return [];
    return [
      {
        ...{ subject: named.subject, what: named.what },
        ...(old !== undefined && { before: old.at }),
        ...(fresh !== undefined && { after: fresh.at }),
      },
    ];
  });
}

function timesOf(rows: readonly (readonly [string, string, number | undefined])[]): Times {
  return new Map(
    rows.flatMap(([subject, what, at]) =>
      at === undefined ? [] : [[`${subject} ${what}`, { subject, what, at }] as const],
    ),
  );
}

function expectedIn({ vrrpGroups, services }: ReleaseManifest): Times {
  return timesOf([
    ...vrrpGroups.flatMap(
      ({ name, failover }) =>
        [
          [name, 'a node dies', failover.nodeDeath],
          [name, 'haproxy dies', failover.haproxyDeath],
          [name, 'haproxy hangs', failover.haproxyHang],
          [name, 'a clean stop', failover.cleanStop],
        ] as const,
    ),
    ...services.flatMap(
      ({ name, death, recovery }) =>
        [
          [name, 'a backend dies', death],
          [name, 'a backend is back', recovery],
        ] as const,
    ),
  ]);
}

function provenIn({ proof }: DiffSubject): Times {
  return timesOf(
    (proof?.trials[0]?.faults ?? []).map(
      ({ id, title, outageSeconds }) => [id, title, outageSeconds] as const,
    ),
  );
}
