import type { CodePage } from './page.ts';

const WIDTH = 100;

/** A page for a terminal, one line per element. */
export function pageText(page: CodePage): readonly string[] {
  const { code, title, meaning, seen = [], remedy, example, silence } = page;
  return [
    `${code}: ${title}`,
    '',
    ...wrap(meaning),
    ...(seen.length === 0 ? [] : ['', 'Seen in:', ...seen.map((report) => `  ${report}`)]),
    '',
    ...wrap(`How to fix it: ${remedy}`),
    ...(example === undefined
      ? []
      : ['', 'Before:', ...block(example.before), 'After:', ...block(example.after)]),
    '',
    silence
      ? `Where you have judged it and accept it: lint: {ignore: [${code}]}`
      : 'It cannot be silenced.',
  ];
}

function block(text: string): readonly string[] {
  return text.split('\n').map((line) => `  ${line}`);
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + word.length >= WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
