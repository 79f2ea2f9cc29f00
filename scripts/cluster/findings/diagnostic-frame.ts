import type { Diagnostic, Excerpt, SourceSpan } from '../../core/diagnostic.ts';
import { maskSecretText } from '../secrets/secret-mask.ts';

/** A text that diagnostics point into, and the name that users know it by. */
export interface SourceText {
  readonly name: string;
  readonly text: string;
}

const COLOURS = { error: '31', warning: '33', bold: '1', frame: '36' } as const;
type Paint = (colour: keyof typeof COLOURS, text: string) => string;

const MAX_LINE = 200;

/**
 * A diagnostic for people: `file:line:column: severity[code]: message`, the line with carets under the
 * place with the secrets in it starred out, the hint. One text line per element.
 */
export function formatDiagnostic(
  diagnostic: Diagnostic,
  source: SourceText,
  options: { readonly colour: boolean },
): readonly string[] {
  return formatDiagnostics([diagnostic], source, options);
}

function format(
  diagnostic: Diagnostic,
  source: SourceText,
  options: { readonly colour: boolean },
): readonly string[] {
  const paint: Paint = options.colour
    ? (colour, text) => `\u001b[${COLOURS[colour]}m${text}\u001b[0m`
    : (_, text) => text;
  const { severity, code, message, span, hint, own, rendered } = diagnostic;
  const place =
    span === undefined ? source.name : `${source.name}:${span.start.line}:${span.start.column}`;
  const where = own === undefined ? place : placeOf(own);
  return [
    `${paint('bold', where)}: ${paint(severity, `${severity}[${code}]`)}: ${printable(message)}`,
    ...(own === undefined ? [] : ownFrame(own, severity, paint)),
    ...(span === undefined ? [] : frame(span, source.text, severity, paint)),
    ...(rendered === undefined ? [] : excerptLines(rendered, paint)),
    ...(hint === undefined ? [] : [`  ${paint('frame', 'hint')}: ${printable(hint)}`]),
  ];
}

/** All of them, with an empty line between. */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  source: SourceText,
  options: { readonly colour: boolean },
): readonly string[] {
  if (diagnostics.length === 0) return [];
  const masked = { ...source, text: maskSecretText(source.text) };
  return diagnostics.flatMap((diagnostic, index) => [
    ...(index === 0 ? [] : ['']),
    ...format(diagnostic, masked, options),
  ]);
}

function placeOf({ file, line, column }: Excerpt): string {
  const place = [file, line, column].filter((part) => part !== undefined);
  return printable(place.join(':'));
}

/** The whole line of a user's own file. */
function ownFrame(
  { line, text, column: from, endColumn }: Excerpt,
  severity: Diagnostic['severity'],
  paint: Paint,
): readonly string[] {
  if (line === undefined || text === undefined) return [];
  const column = from ?? text.search(/\S|$/) + 1;
  const end = endColumn ?? text.trimEnd().length + 1;
  const span = { start: { line: 1, column }, end: { line: 1, column: end } };
  return frame(span, text, severity, paint, line);
}

/** What the program read: `--> etc/haproxy/haproxy.cfg:23 on lb-1, lb-2`, and the line. */
function excerptLines(excerpt: Excerpt, paint: Paint): readonly string[] {
  const { nodes, text } = excerpt;
  const hidden = text === undefined || text.trim() === '' || text.length > MAX_LINE;
  return [
    `  ${paint('frame', '-->')} ${placeOf(excerpt)} on ${nodes.join(', ')}`,
    ...(hidden ? [] : [`      ${printable(text.trim())}`]),
  ];
}

function frame(
  span: SourceSpan,
  text: string,
  severity: Diagnostic['severity'],
  paint: Paint,
  shownNumber = span.start.line,
): readonly string[] {
  const line = text.split(/\r?\n/)[span.start.line - 1];
  if (line === undefined || line.length > MAX_LINE) return [];
  const number = String(shownNumber);
  const gutter = ' '.repeat(number.length);
  const bar = paint('frame', '|');
  const from = Math.min(span.start.column - 1, line.length);
  const to =
    span.end.line === span.start.line
      ? span.end.column - 1
      : line.replace(/\s+#.*$|\s+$/, '').length;
  const pad = line.slice(0, from).replace(/[^\t]/g, ' ');
  const carets = '^'.repeat(Math.max(1, Math.min(to, line.length) - from));
  return [
    `  ${gutter} ${bar}`,
    `  ${paint('frame', number)} ${bar} ${printable(line)}`,
    `  ${gutter} ${bar} ${pad}${paint(severity, carets)}`,
  ];
}

/** Control characters of a hostile file must not reach the terminal. */
function printable(text: string): string {
  return text.replace(/[^\P{C}\t]/gu, '\u{FFFD}');
}
