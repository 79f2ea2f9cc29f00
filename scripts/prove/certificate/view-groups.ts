import type { FaultReport } from './document.ts';
import { formatSeconds } from './wording.ts';

/** What clients of each VRRP group lost, fault by fault; undefined where there is one group. */
export interface GroupsView {
  readonly names: readonly string[];
  readonly rows: readonly {
    /** Of the fault's own section. */
    readonly id: string;
    readonly title: string;
    /** One for each name. */
    readonly cells: readonly {
      readonly group: string;
      readonly lost: string;
      /** `3.62 s allowed`; empty where loss is not judged. */
      readonly allowed: string;
      /** Of the text: lost where more was lost than is allowed, else empty. */
      readonly look: string;
    }[];
  }[];
}

type GroupLoss = NonNullable<FaultReport['groups']>[number];

/** @param faults with the ids of their sections; those that were skipped have no losses */
export function groupsView(
  faults: readonly { readonly id: string; readonly fault: FaultReport }[],
): GroupsView | undefined {
  const measured = faults.flatMap(({ id, fault: { title, groups } }) =>
    groups === undefined ? [] : [{ id, title, groups }],
  );
  const names = [...new Set(measured.flatMap(({ groups }) => groups.map(({ group }) => group)))];
  if (names.length === 0) return undefined;
  const rows = measured.map(({ id, title, groups }) => ({
    ...{ id, title },
    cells: names.map((name) =>
      cellOf(
        name,
        groups.find(({ group }) => group === name),
      ),
    ),
  }));
  return { names, rows };
}

function cellOf(
  group: string,
  loss: GroupLoss | undefined,
): GroupsView['rows'][number]['cells'][number] {
  const { outageSeconds: lost, allowedSeconds: allowed, marginSeconds: margin = 0 } = loss ?? {};
  const isOver = lost !== undefined && allowed !== undefined && lost > allowed + margin;
  return {
    group,
    lost: lost === undefined ? '—' : formatSeconds(lost),
    allowed: allowed === undefined ? '' : `${formatSeconds(allowed)} allowed`,
    look: isOver ? 'regressed' : '',
  };
}
