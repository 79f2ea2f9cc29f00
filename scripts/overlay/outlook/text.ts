import { describeDaemons } from '../../cluster/daemon-versions.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { BranchFacts, BranchOutlook } from './outlook.ts';
import type { FileChange } from './tree-changes.ts';

/** The outlook as lines for a terminal. */
export function formatOutlook(outlook: BranchOutlook): readonly string[] {
  const { name, now, then, rendered, unmovedRepositories } = outlook;
  return [
    `${name}: Alpine ${now.branch} as it is, ${then.branch} as it would be`,
    '',
    ...[now, then].flatMap(describeBranch),
    '',
    'What the rules find on the other branch',
    ...indent(findings(outlook)),
    '',
    'What is rendered otherwise',
    ...indent(rendered === undefined ? ['not rendered: there are errors'] : files(rendered)),
    '',
    ...unmovedRepositories.map(
      (base) =>
        `This repository is named by its place and stays, whatever branch it is of: ${base}`,
    ),
    `The daemons of ${then.branch} did not judge the files themselves: no lock holds its packages here.`,
  ];
}

function describeBranch({ branch, daemons, apk, ...support }: BranchFacts): readonly string[] {
  const generation = `apk-tools ${apk}, and mkimage's scripts of that generation`;
  return [`${branch}: ${supportText(support)}`, ...indent([describeDaemons(daemons), generation])];
}

function supportText({ support, ends }: Pick<BranchFacts, 'support' | 'ends'>): string {
  switch (support) {
    case 'ended':
      return `no more fixes since ${ends ?? ''}`;
    case 'supported':
      return ends === undefined ? 'supported' : `supported until ${ends}`;
    case 'rolling':
      return 'moves on all the time';
    case 'unknown':
      return 'not known to this version of vipiso';
  }
}

function findings({ appearing, vanishing }: BranchOutlook): readonly string[] {
  const lines = [
    ...appearing.map((it) => `+ ${describe(it)}`),
    ...vanishing.map((it) => `- ${describe(it)}`),
  ];
  return lines.length === 0 ? ['the same as now'] : lines;
}

function describe({ severity, code, path, message }: Diagnostic): string {
  return `${severity} ${code}, ${path}: ${message}`;
}

/** What all nodes have alike is told once. */
function files(changes: readonly FileChange[]): readonly string[] {
  if (changes.length === 0) return ['nothing: the files are the same, to the byte'];
  const nodesByChange = new Map<string, string[]>();
  for (const { node, ...change } of changes) {
    const text = [change.path, ...indent(linesOf(change))].join('\n');
    nodesByChange.set(text, [...(nodesByChange.get(text) ?? []), node]);
  }
  return [...nodesByChange].flatMap(([text, nodes]) => {
    const [path = '', ...lines] = text.split('\n');
    return [`${path} (${nodes.join(', ')})`, ...lines];
  });
}

function linesOf({ lines }: Pick<FileChange, 'lines'>): readonly string[] {
  if (lines === undefined) return ['differs; its lines are for its owner alone'];
  return lines.map(({ side, line }) => `${side === 'removed' ? '-' : '+'} ${line}`);
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
