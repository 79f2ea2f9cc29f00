import path from 'node:path';
import type { LintFinding } from '../../cluster/findings/finding.ts';
import type { SourceMap } from '../../cluster/text/source-map.ts';
import type { Excerpt } from '../../core/diagnostic.ts';
import type { ViewOwner } from '../../overlay/origins/cluster-paths.ts';
import type { TracedNode } from '../../overlay/origins/trace-node.ts';
import type { FileTree } from '../../overlay/tree.ts';
import type { Complaint } from './complaints/complaint.ts';
import { originOf } from './origin.ts';

/** A complaint about a node's files, with what is known of the files. */
export interface NodeComplaint {
  readonly program: string;
  /** `2.6.12`, where the lock tells. */
  readonly version: string | undefined;
  readonly complaint: Complaint;
  readonly owner: ViewOwner;
  readonly hostname: string;
  readonly tree: FileTree;
  readonly traced: TracedNode;
}

export interface FindingContext {
  /** Where the cluster file's values stand. */
  readonly places: SourceMap;
  /** Host folder that names of the user's own files are shown relative to. */
  readonly cwd: string;
}

/** Rights of others than the owner: a file without any holds a secret. */
const OTHERS = 0o077;

/** Turns what programs say into findings: one for all nodes on which they say the same of the same line. */
export function findingsOf(
  complaints: readonly NodeComplaint[],
  context: FindingContext,
): readonly LintFinding[] {
  const merged = new Map<string, { first: NodeComplaint; nodes: string[] }>();
  for (const each of complaints) {
    const { file, line, text, severity } = each.complaint;
    const shown = lineOf(each)?.text;
    const key = JSON.stringify([each.program, severity, file, line, text, shown]);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { first: each, nodes: [each.hostname] });
    else known.nodes.push(each.hostname);
  }
  const placed = [...merged.values()].map(({ first, nodes }) => placedOf(first, nodes, context));
  return withoutConsequences(placed);
}

/** A finding and what decides whether it stands for itself. */
interface Placed {
  readonly finding: LintFinding;
  readonly program: string;
  /** The user wrote what it points to. */
  readonly written: boolean;
}

/**
 * One mistake makes a program complain of what follows it, too: a brace too many of every line after it. Of errors about
 * one place only the first is kept, and of those about what nobody wrote none where the same program also complains of
 * what somebody did.
 */
function withoutConsequences(all: readonly Placed[]): readonly LintFinding[] {
  const kept: Placed[] = [];
  const more = new Map<Placed, number>();
  for (const each of all) {
    const cause = causeOf(each, all);
    if (cause === undefined) kept.push(each);
    else more.set(cause, (more.get(cause) ?? 0) + 1);
  }
  return kept.map((each) => withCount(each.finding, more.get(each) ?? 0));
}

function causeOf(each: Placed, all: readonly Placed[]): Placed | undefined {
  if (each.finding.severity !== 'error') return undefined;
  const related = all.filter(
    (it) => it.program === each.program && it.finding.severity === 'error' && it !== each,
  );
  if (!each.written) return related.find((it) => it.written);
  const earlier = all.slice(0, all.indexOf(each));
  return related.find((it) => earlier.includes(it) && it.written && samePlace(it, each));
}

function samePlace({ finding: a }: Placed, { finding: b }: Placed): boolean {
  const placeOf = ({ path, span, own }: LintFinding): string =>
    JSON.stringify([path, span, own?.file, own?.line]);
  return placeOf(a) === placeOf(b);
}

function withCount(finding: LintFinding, more: number): LintFinding {
  if (more === 0) return finding;
  const follow = `${more === 1 ? 'One more complaint' : `${more} more complaints`} of the program may follow from this one.`;
  return { ...finding, hint: finding.hint === undefined ? follow : `${finding.hint} ${follow}` };
}

function placedOf(each: NodeComplaint, nodes: readonly string[], context: FindingContext): Placed {
  const { complaint, traced } = each;
  const isError = complaint.severity === 'error';
  const rendered = excerptOf(each, nodes);
  const own = rendered === undefined ? undefined : ownExcerpt(each, rendered, context);
  const origin = originOf(complaint, traced, each.owner, context.places);
  const hint = hintFor(complaint, own === undefined && origin.isDefault);
  const finding: LintFinding = {
    code: isError ? refusalCode(each.program) : 'daemon-warning',
    severity: complaint.severity,
    message: messageOf(each),
    path: own === undefined ? origin.path : ['overlay'],
    ...(origin.span !== undefined && { span: origin.span }),
    ...(rendered !== undefined && { rendered }),
    ...(own !== undefined && { own }),
    ...(hint !== undefined && { hint }),
    // Nobody can answer for an image that does not do its work.
    ...(isError && { fatal: true }),
  };
  return { finding, program: each.program, written: own !== undefined || origin.written };
}

function refusalCode(program: string): string {
  return program === 'sh' ? 'script-broken' : `${program}-refuses`;
}

function messageOf({ program, version, complaint }: NodeComplaint): string {
  if (program === 'sh') {
    const verb = complaint.severity === 'error' ? 'cannot' : 'may not';
    return `this script ${verb} run: ${complaint.text}`;
  }
  const name = version === undefined ? program : `${program} ${version}`;
  const verb = complaint.severity === 'error' ? 'refuses this' : 'warns';
  return `${name} ${verb}: ${complaint.text}`;
}

function hintFor(complaint: Complaint, isDefault: boolean): string | undefined {
  if (complaint.unresolved === true)
    return 'Names are not looked up here. The node looks this one up once, when the daemon starts: an address is safer.';
  return isDefault
    ? 'The file does not write this value: it is the default that you can set there.'
    : undefined;
}

function lineOf({
  complaint,
  tree,
}: NodeComplaint): { readonly text: string | undefined } | undefined {
  const { file, line } = complaint;
  const entry = tree.find((it) => it.path === file);
  if (entry?.type !== 'file' || line === undefined) return undefined;
  if ((entry.mode & OTHERS) === 0) return { text: undefined };
  return { text: entry.content.toString('utf8').split('\n')[line - 1]?.replace(/\r$/, '') };
}

function excerptOf(each: NodeComplaint, nodes: readonly string[]): Excerpt | undefined {
  const { file, line } = each.complaint;
  if (file === undefined) return undefined;
  return { file, line, text: lineOf(each)?.text, nodes };
}

/** The place in a file of the user's own that made the line; of a template the template's line. */
function ownExcerpt(
  { complaint, traced }: NodeComplaint,
  rendered: Excerpt,
  { cwd }: FindingContext,
): Excerpt | undefined {
  const { file = '', line } = complaint;
  const origin = traced.files.get(file);
  if (origin?.own === undefined) return undefined;
  const shown = path.relative(cwd, origin.own) || origin.own;
  const isTemplate = !origin.own.endsWith(path.posix.basename(file));
  if (!isTemplate) return { ...rendered, file: shown };
  const made = line === undefined ? undefined : origin.lines?.[line - 1];
  return { file: shown, line: made?.templateLine, nodes: rendered.nodes };
}
