import type { FaultChange, ProofComparison } from './compare.ts';
import { CHANGES, imagesInWords, momentText, outcomeText, slowerBoots } from './comparison-text.ts';
import { counted, formatMoment } from './wording.ts';

interface ChangeRow {
  readonly look: string;
  readonly sign: string;
  readonly change: string;
  readonly what: string;
  readonly older: string;
  readonly newer: string;
  readonly note: string;
}

/** The comparison as the page's template shows it. */
export interface ComparisonView {
  readonly older: string;
  readonly tool: string;
  readonly summary: string;
  /** Of the summary: regressed or same. */
  readonly look: string;
  readonly faults: readonly ChangeRow[];
  readonly others: readonly { readonly what: string; older: string; newer: string }[];
  readonly images: string;
  readonly hosts: readonly { readonly what: string; older: string; newer: string }[];
}

export function comparisonView(comparison: ProofComparison): ComparisonView {
  const { older, faults, settings, boots, hosts } = comparison;
  const several = new Set(faults.map(({ trial }) => trial)).size > 1;
  const named = (trial: string, what: string): string => (several ? `${trial}: ${what}` : what);
  return {
    older: formatMoment(older.startedAt),
    tool: older.tool,
    summary: summaryOf(faults),
    look: faults.some(({ change }) => change === 'regressed') ? 'regressed' : 'same',
    faults: faults.map((it) => ({
      look: it.change,
      sign: CHANGES[it.change].sign,
      change: CHANGES[it.change].words,
      what: named(it.trial, it.title),
      older: outcomeText(it.older),
      newer: outcomeText(it.newer),
      note: it.why,
    })),
    others: [
      ...settings.map((it) => ({ ...it, what: named(it.trial, it.what) })),
      ...slowerBoots(boots).map((it) => ({
        what: named(it.trial, `boot of ${it.boot}: ${it.stage}`),
        older: momentText(it.olderMs),
        newer: momentText(it.newerMs),
      })),
    ],
    images: imagesInWords(comparison),
    hosts,
  };
}

function summaryOf(faults: readonly FaultChange[]): string {
  const regressed = faults.filter(({ change }) => change === 'regressed').length;
  const improved = faults.filter(({ change }) => change === 'improved').length;
  const worse = regressed === 0 ? 'Nothing got worse' : `${counted(regressed, 'fault')} got worse`;
  return improved === 0 ? `${worse}.` : `${worse}, ${improved} got better.`;
}
