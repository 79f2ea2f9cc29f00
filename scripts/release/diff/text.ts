import type { ReleaseDiff } from './model.ts';
import { emptyText, sectionsOf, titleOf } from './sections.ts';
import type { Section } from './sections.ts';

/** For a terminal. What is in an image is a stranger's text: no control character of it gets there. */
export function diffText(diff: ReleaseDiff): readonly string[] {
  const sections = sectionsOf(diff);
  return [
    titleOf(diff),
    ...(tellsNothing(sections) ? ['', emptyText(diff)] : []),
    ...sections.flatMap(({ title, lines, files = [] }) => [
      '',
      title,
      ...lines.map((line) => `  ${line}`),
      ...files.flatMap((file) => [`  ${file.title}`, ...file.lines.map((line) => `    ${line}`)]),
    ]),
  ].map(printable);
}

/** For CHANGES.md, merge requests and tickets. */
export function diffMarkdown(diff: ReleaseDiff): string {
  const sections = sectionsOf(diff);
  const parts = [
    ...(tellsNothing(sections) ? [emptyText(diff)] : []),
    ...sections.flatMap(({ title, lines, files = [] }) => [
      `## ${title}`,
      ...(lines.length === 0 ? [] : [lines.map((line) => `- ${escaped(line)}`).join('\n')]),
      ...files.flatMap((file) => [escaped(file.title), fenced(file.lines.map(printable))]),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** As a document of its own. */
export function diffDocument(diff: ReleaseDiff): string {
  return `# ${escaped(titleOf(diff))}\n\n${diffMarkdown(diff)}`;
}

/** Times as before, and what is not told, are no news. */
function tellsNothing(sections: readonly Section[]): boolean {
  return sections.every(({ title }) => title === 'Fail-over times' || title === 'Not told');
}

function fenced(lines: readonly string[]): string {
  const ticks = lines.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length);
  const fence = '`'.repeat(Math.max(3, ...ticks.map((length) => length + 1)));
  return [`${fence}diff`, ...lines, fence].join('\n');
}

function escaped(line: string): string {
  return printable(line).replace(/[\\`*<[\]|]/g, '\\$&');
}

function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (sign) => (sign === '\t' ? '\t' : '\uFFFD'));
}
