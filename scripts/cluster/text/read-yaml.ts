import { LineCounter, parseDocument } from 'yaml';
import type { Alias, YAMLError } from 'yaml';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { SourceMap } from './source-map.ts';
import { cyclicAlias, unusableNode } from './yaml-aliases.ts';
import type { YamlProblem } from './yaml-aliases.ts';

/** Far above any real cluster file; keeps hostile input from costing minutes. */
const MAX_CHARACTERS = 256 * 1024;
const MAX_ALIASES = 100;

/** One broken line makes the parser complain of many after it; the first ones tell. */
const MAX_SYNTAX_ERRORS = 10;

/** Brackets upon brackets: no cluster file, and slow to read. */
const NESTED_DEEPLY = /[[{](?:\s*[[{]){63}/;

const TOO_DEEP = 'the file is nested too deeply to be a cluster file';

export interface YamlSource {
  /** Plain data, or `undefined` when the text is not YAML at all. */
  readonly value: unknown;
  readonly map: SourceMap;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads one YAML 1.2 document (core schema, and the merge keys of 1.1) with the positions of its values. Never throws on bad text. */
export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  if (text.length > MAX_CHARACTERS) return tooLarge(text, lines);
  if (NESTED_DEEPLY.test(text)) return rejected('yaml-syntax', TOO_DEEP, lines);
  try {
    const document = parseDocument(text, {
      ...{ lineCounter: lines, prettyErrors: false, merge: true },
    });
    const cycle = cyclicAlias(document);
    if (cycle !== undefined) return endless(cycle, lines);
    const map = new SourceMap(document, lines, text);
    const problems = [...document.errors, ...document.warnings];
    const diagnostics = problems
      .slice(0, MAX_SYNTAX_ERRORS)
      .map((problem) => yamlDiagnostic(problem, map));
    const syntaxBroken = document.errors.some(({ code }) => code !== 'DUPLICATE_KEY');
    const unusable = syntaxBroken ? undefined : unusableNode(document);
    if (unusable !== undefined) return unread(unusable, map, diagnostics);
    const value: unknown = syntaxBroken ? undefined : document.toJS({ maxAliasCount: MAX_ALIASES });
    return { value, map, diagnostics };
  } catch (error) {
    return unreadable(error, lines);
  }
}

function yamlDiagnostic(problem: YAMLError, map: SourceMap): Diagnostic {
  if (problem.code === 'MULTIPLE_DOCS') return secondDocument(problem, map);
  const duplicate = problem.code === 'DUPLICATE_KEY';
  return {
    code: duplicate ? 'duplicate-key' : 'yaml-syntax',
    severity: 'error',
    message: duplicate
      ? 'this key appears twice in the same mapping; only one could count'
      : firstLine(problem.message),
    path: '',
    span: map.spanBetween(problem.pos[0], problem.pos[1]),
    hint: duplicate ? 'Remove one of the two.' : undefined,
  };
}

function secondDocument(problem: YAMLError, map: SourceMap): Diagnostic {
  return {
    code: 'yaml-syntax',
    severity: 'error',
    message: 'a second document begins here: a cluster file holds one cluster',
    path: '',
    span: map.spanBetween(problem.pos[0], problem.pos[1]),
    hint: 'Write a file for each cluster; vipiso check takes several. What they share can be a file that both include.',
  };
}

function unread(
  { message, hint, range: [start, end] }: YamlProblem,
  map: SourceMap,
  others: readonly Diagnostic[],
): YamlSource {
  const span = map.spanBetween(start, end);
  const problem = {
    code: 'yaml-syntax',
    severity: 'error',
    message,
    path: '',
    span,
    hint,
  } as const;
  return { value: undefined, map, diagnostics: [...others, problem] };
}

function endless(alias: Alias, lines: LineCounter): YamlSource {
  const { map } = rejected('yaml-syntax', '', lines);
  const [start, end] = alias.range ?? [0, 1];
  const diagnostic: Diagnostic = {
    code: 'yaml-syntax',
    severity: 'error',
    message: `the alias *${alias.source} is inside the value that &${alias.source} names: it never ends`,
    path: '',
    span: map.spanBetween(start, end),
    hint: 'Name a value that is complete before the alias.',
  };
  return { value: undefined, map, diagnostics: [diagnostic] };
}

/** The parser throws on what it gives up on: nesting deeper than the stack, aliases that multiply or cycle. */
function unreadable(error: unknown, lines: LineCounter): YamlSource {
  if (!(error instanceof Error)) throw error;
  const message = error instanceof RangeError ? TOO_DEEP : firstLine(error.message);
  return rejected('yaml-syntax', message, lines);
}

function tooLarge(text: string, lines: LineCounter): YamlSource {
  const size = `${Math.ceil(text.length / 1024)} KiB`;
  return rejected(
    'too-large',
    `the file has ${size}; a cluster file has at most ${MAX_CHARACTERS / 1024} KiB`,
    lines,
  );
}

function rejected(code: string, message: string, lines: LineCounter): YamlSource {
  const start = { line: 1, column: 1 };
  return {
    value: undefined,
    map: new SourceMap(undefined, lines, ''),
    diagnostics: [
      { code, severity: 'error', message, path: '', span: { start, end: { line: 1, column: 2 } } },
    ],
  };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
