import { compareStrings } from '../../core/digest.ts';
import { unifiedHunks } from '../../core/unified-diff.ts';
import type { TarEntry } from '../../formats/tar/tar-reader.ts';
import { byNode, withoutBuildName } from './by-node.ts';
import type { NodePair } from './by-node.ts';
import type { FileChange, SecretChange } from './model.ts';
import { shownFile } from './shown-file.ts';
import type { ShownFile } from './shown-file.ts';
import type { SubjectImage } from './subject.ts';

/** Links of runlevels are told as services, what names the release as its version. */
const TOLD_ELSEWHERE = /^etc\/(runlevels\/|vipiso\/release\.json$)/;
/** Where people read the release's version, among other things. */
const NAMES_RELEASE = /^etc\/(issue|motd)$/;

const NONE: ReadonlyMap<string, string> = new Map();

interface Looked {
  readonly entry: TarEntry;
  readonly shown: ShownFile;
}

/** Files of the overlays, sorted by path; of each what differs, without secrets. */
export function configurationChanges(pairs: readonly NodePair[]): readonly FileChange[] {
  const changes = byNode(pairs, ({ before, after }) =>
    bothOf(filesOf(before), filesOf(after)).flatMap(([path, old, fresh]) =>
      fileChange(path, old, fresh),
    ),
  );
  return [...changes].sort((a, b) => compareStrings(a.path, b.path));
}

/** Secrets of the overlays' files, sorted by path. */
export function secretChanges(pairs: readonly NodePair[]): readonly SecretChange[] {
  const changes = byNode(pairs, ({ before, after }) =>
    bothOf(filesOf(before), filesOf(after)).flatMap(([path, old, fresh]) =>
      bothOf(old?.shown.secrets ?? NONE, fresh?.shown.secrets ?? NONE).map(([what, from, to]) => ({
        path: `/${path}`,
        what,
        state: stateOf(from, to),
      })),
    ),
  );
  return [...changes].sort((a, b) => compareStrings(a.path, b.path));
}

function stateOf(from: string | undefined, to: string | undefined): SecretChange['state'] {
  if (from === undefined) return 'added';
  if (to === undefined) return 'removed';
  return from === to ? 'unchanged' : 'changed';
}

function filesOf({ entries, told }: SubjectImage): ReadonlyMap<string, Looked> {
  const configuration = new Map(told?.configuration.map((it) => [it.path, it]));
  return new Map(
    entries
      .filter(({ path }) => !TOLD_ELSEWHERE.test(path))
      .map((entry) => [
        entry.path,
        { entry, shown: shownFile(entry, configuration.get(`/${entry.path}`)) },
      ]),
  );
}

function fileChange(
  path: string,
  before: Looked | undefined,
  after: Looked | undefined,
): readonly Omit<FileChange, 'nodes'>[] {
  const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  const hidden = before?.shown.hidden ?? after?.shown.hidden;
  const hunks = hidden === undefined ? unifiedHunks(textOf(path, before), textOf(path, after)) : [];
  const mode = modeChange(before, after);
  const isHiddenChange =
    hidden !== undefined &&
    (before === undefined || after === undefined || !sameBytes(before, after));
  if (change === 'changed' && hunks.length === 0 && mode === undefined && !isHiddenChange)
    return [];
  return [
    {
      path: `/${path}`,
      change,
      ...(mode !== undefined && { mode }),
      hunks,
      ...(hidden !== undefined && { hidden }),
    },
  ];
}

function textOf(path: string, looked: Looked | undefined): string {
  const text = withoutBuildName(looked?.shown.text ?? '');
  return NAMES_RELEASE.test(path) ? text.replace(/^(\s*release\s+).*$/gim, '$1*') : text;
}

function sameBytes(before: Looked, after: Looked): boolean {
  return (
    before.entry.content.equals(after.entry.content) &&
    before.entry.linkTarget === after.entry.linkTarget
  );
}

function modeChange(
  before: Looked | undefined,
  after: Looked | undefined,
): FileChange['mode'] | undefined {
  if (before?.entry.type !== 'file' || after?.entry.type !== 'file') return undefined;
  const [old, fresh] = [before, after].map(({ entry }) => entry.mode.toString(8).padStart(4, '0'));
  return old === fresh ? undefined : { before: old ?? '', after: fresh ?? '' };
}

/** By key, what either side has. */
function bothOf<Value>(
  before: ReadonlyMap<string, Value>,
  after: ReadonlyMap<string, Value>,
): readonly (readonly [string, Value | undefined, Value | undefined])[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort(compareStrings);
  return keys.map((key) => [key, before.get(key), after.get(key)] as const);
}
