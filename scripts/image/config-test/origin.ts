import type { DocumentPath } from '../../cluster/text/document-path.ts';
import type { SourceMap } from '../../cluster/text/source-map.ts';
import type { SourceSpan } from '../../core/diagnostic.ts';
import { clusterPaths } from '../../overlay/origins/cluster-paths.ts';
import type { ViewOwner } from '../../overlay/origins/cluster-paths.ts';
import type { TracedNode } from '../../overlay/origins/trace-node.ts';
import type { TracedLine, TracedValue } from '../../overlay/origins/traced-text.ts';
import type { ViewPath } from '../../overlay/origins/traced-view.ts';
import type { Complaint } from './complaints/complaint.ts';

/** The place in the cluster file that made a line of a rendered file. */
export interface Origin {
  readonly path: DocumentPath;
  /** More exact than the path: one line of a block of raw lines. */
  readonly span?: SourceSpan;
  /** Whether the file writes a value there that is in the line. */
  readonly written: boolean;
  /** The line has a value that the file could write there: it is a default. */
  readonly isDefault: boolean;
}

/** Shorter values are in too many sentences to tell anything. */
const TELLING_LENGTH = 3;

/** What of the cluster file a file as a whole is about. */
const WHOLE_FILES: Readonly<Record<string, DocumentPath>> = {
  'etc/haproxy/haproxy.cfg': ['services'],
  'etc/keepalived/keepalived.conf': ['vrrp'],
  'etc/keepalived/chk_haproxy.sh': ['vrrp', 'check'],
  'etc/nftables.nft': ['firewall'],
  'etc/ssh/sshd_config': ['access'],
  'etc/chrony/chrony.conf': ['system', 'ntp_servers'],
};

/**
 * Finds what made the line that a program complains of: the value that it names or that is where it points to, else
 * one that the user wrote, else what the line depends on, else what the lines above belong to. Without a line the values
 * of the whole file are looked through for one that the complaint names.
 */
export function originOf(
  complaint: Complaint,
  traced: TracedNode,
  owner: ViewOwner,
  places: SourceMap,
): Origin {
  const { file = '', line } = complaint;
  const lines = traced.files.get(file)?.lines;
  const whole = unwritten(WHOLE_FILES[file] ?? []);
  if (lines === undefined) return namedAnywhere(complaint, traced, owner, places) ?? whole;
  if (line === undefined) return named(complaint, lines, owner, places) ?? whole;
  const at = lines[line - 1];
  if (at === undefined) return whole;
  const meant = at.values.filter((value) => isPointedAt(value, complaint));
  const quoted = at.values.filter((value) => isNamed(value, complaint.text));
  return (
    firstOf(pathsOf(meant), owner, places) ??
    firstOf(pathsOf(quoted), owner, places) ??
    firstOf(pathsOf(at.values), owner, places) ??
    before(lines[line - 2], owner, places) ??
    around(lines, line, owner, places) ??
    whole
  );
}

/** A place that is meant as a whole. */
function unwritten(path: DocumentPath): Origin {
  return { path, written: false, isDefault: false };
}

function pathsOf(values: readonly TracedValue[]): readonly ViewPath[] {
  return values.map(({ path }) => path);
}

function isPointedAt({ from, to }: TracedValue, { columns }: Complaint): boolean {
  return columns !== undefined && from < columns.to && to > columns.from;
}

/** Whether a sentence quotes the value, or a word of it, as a word. */
function isNamed({ text }: TracedValue, sentence: string): boolean {
  const words = [text, ...text.split(/[\s:,]+/)].filter((it) => it.length >= TELLING_LENGTH);
  return words.some((word) => new RegExp(`(^|[^\\w.-])${escaped(word)}($|[^\\w-])`).test(sentence));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** The first that the user wrote; else the first that the file could write. */
function firstOf(
  paths: readonly ViewPath[],
  owner: ViewOwner,
  places: SourceMap,
): Origin | undefined {
  const candidates = paths.map((path) => clusterPaths(path, owner)).filter((it) => it.length > 0);
  for (const list of candidates) {
    const written = list.map((path) => writtenOrigin(path, places)).find((it) => it !== undefined);
    if (written !== undefined) return written;
  }
  const [path] = candidates[0] ?? [];
  return path === undefined ? undefined : { path, written: false, isDefault: true };
}

function writtenOrigin(path: DocumentPath, places: SourceMap): Origin | undefined {
  if (places.has(path) && path[0] !== 'raw') return { path, written: true, isDefault: false };
  const index = path.at(-1);
  if (typeof index !== 'number') return undefined;
  const list = path.slice(0, -1);
  // A value that may be a list or stand alone.
  if (path[0] !== 'raw')
    return index === 0 && places.has(list)
      ? { path: list, written: true, isDefault: false }
      : undefined;
  const span = places.lineSpans(list)[index];
  return span === undefined ? undefined : { path: list, span, written: true, isDefault: false };
}

/** What is wrong with a value may show at the next line: at the brace that closes an empty block. */
function before(
  line: TracedLine | undefined,
  owner: ViewOwner,
  places: SourceMap,
): Origin | undefined {
  const found = firstOf(pathsOf(line?.values ?? []), owner, places);
  return found?.written === true ? found : undefined;
}

/** What the line depends on, else what the lines above do, up to one that is not indented. */
function around(
  lines: readonly TracedLine[],
  line: number,
  owner: ViewOwner,
  places: SourceMap,
): Origin | undefined {
  for (let index = line - 1; index >= 0; index -= 1) {
    const { conditions, text } = lines[index] ?? { conditions: [], text: '' };
    const [innermost] = [...conditions].reverse();
    const found = innermost && firstOf([innermost], owner, places);
    if (found !== undefined) return unwritten(found.path);
    if (/^\S/.test(text)) return undefined;
  }
  return undefined;
}

function named(
  { text }: Complaint,
  lines: readonly TracedLine[],
  owner: ViewOwner,
  places: SourceMap,
): Origin | undefined {
  const values = lines.flatMap((it) => it.values).filter((value) => isNamed(value, text));
  const longest = [...values].sort((a, b) => b.text.length - a.text.length);
  return firstOf(pathsOf(longest), owner, places);
}

/** For a complaint about no file, or about one that came from no template: whatever it names. */
function namedAnywhere(
  complaint: Complaint,
  traced: TracedNode,
  owner: ViewOwner,
  places: SourceMap,
): Origin | undefined {
  if (complaint.file !== undefined && traced.files.has(complaint.file)) return undefined;
  const lines = [...traced.files.values()].flatMap((file) => file.lines ?? []);
  return named(complaint, lines, owner, places);
}
